//! Counts for a monitoring system, in the Prometheus text format: for the textfile collector of the node
//! exporter.

use std::{
    collections::BTreeMap,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::atomic::AtomicU64,
    time::{Duration, SystemTime},
};

use oauthsift::{FollowCounts, FollowedFinding};
use prometheus_client::{
    encoding::prometheus_text,
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::{Registry, Unit},
};

use super::output::AtomicFile;

/// Time between two writes of the file.
const WRITE_INTERVAL: Duration = Duration::from_secs(5);

/// The metrics file of a run.
#[derive(Debug)]
pub(super) struct Metrics {
    path: PathBuf,
    /// Findings by pattern and severity.
    findings: BTreeMap<(String, &'static str), u64>,
    started: SystemTime,
    /// When the file was last written, on the clock of the run.
    written_at: Option<Duration>,
}

impl Metrics {
    /// Metrics of a run that starts now. Nothing is written yet.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(super) fn create(path: &Path) -> io::Result<Self> {
        AtomicFile::create(path)?;
        Ok(Self { path: path.to_path_buf(), findings: BTreeMap::new(), started: SystemTime::now(), written_at: None })
    }

    pub(super) fn count(&mut self, followed: &FollowedFinding) {
        if followed.replaces.is_none() {
            let finding = &followed.finding;
            *self.findings.entry((finding.pattern.clone(), finding.severity.as_str())).or_default() += 1;
        }
    }

    /// Writes the file if it is due.
    pub(super) fn update(&mut self, counts: &FollowCounts) -> io::Result<()> {
        if self.written_at.is_some_and(|at| counts.now.saturating_sub(at) < WRITE_INTERVAL) {
            return Ok(());
        }
        self.write(counts)
    }

    /// Writes the file. It is replaced at once: nobody reads an incomplete one.
    pub(super) fn write(&mut self, counts: &FollowCounts) -> io::Result<()> {
        self.written_at = Some(counts.now);
        let text = self.text(counts).map_err(io::Error::other)?;
        let mut file = AtomicFile::create(&self.path)?;
        file.write_all(text.as_bytes())?;
        file.persist()
    }

    fn text(&self, counts: &FollowCounts) -> Result<String, std::fmt::Error> {
        let mut registry = Registry::with_prefix("oauthsift_follow");
        let findings = Family::<Vec<(&'static str, String)>, Counter>::default();
        for ((pattern, severity), count) in &self.findings {
            let labels = vec![("pattern", pattern.clone()), ("severity", (*severity).to_owned())];
            findings.get_or_create(&labels).inc_by(*count);
        }
        registry.register("findings", "Failures found, by pattern and severity", findings);
        for (name, help, value) in [
            ("rotations", "Rotations of followed logs", counts.rotations),
            ("truncations", "Truncations of followed logs", counts.truncations),
            ("losses", "Data-loss events", counts.losses),
        ] {
            let counter: Counter = Counter::default();
            counter.inc_by(value);
            registry.register(name, help, counter);
        }
        for (name, help, value) in [
            ("read", "Bytes of complete records read", counts.bytes),
            ("lost", "Bytes known to be lost before they were read", counts.lost_bytes),
        ] {
            let counter: Counter = Counter::default();
            counter.inc_by(value);
            registry.register_with_unit(name, help, Unit::Bytes, counter);
        }
        for (name, help, value) in [
            ("files", "Followed files that exist now", counts.files),
            ("files_unreadable", "Followed files that cannot be read now", counts.troubled),
        ] {
            let gauge: Gauge = Gauge::default();
            gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
            registry.register(name, help, gauge);
        }
        let now = SystemTime::now();
        let time_of = |at: Duration| now.checked_sub(counts.now.saturating_sub(at));
        for (name, help, time) in [
            ("start_timestamp", "When this run started", Some(self.started)),
            ("update_timestamp", "When these metrics were written", Some(now)),
            (
                "last_record_timestamp",
                "When the last record came; absent before the first",
                counts.last_record_at.and_then(time_of),
            ),
            (
                "last_failure_timestamp",
                "When the last failure came; absent before the first",
                counts.last_finding_at.and_then(time_of),
            ),
        ] {
            if let Some(since) = time.and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok()) {
                let gauge = Gauge::<f64, AtomicU64>::default();
                gauge.set(since.as_millis() as f64 / 1000.0);
                registry.register_with_unit(name, help, Unit::Seconds, gauge);
            }
        }
        let mut text = String::new();
        prometheus_text::encode(&mut text, &registry)?;
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn counts_are_written_in_the_prometheus_text_format() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("oauthsift.prom");
        let before = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs_f64().floor();
        let mut metrics = Metrics::create(&path).unwrap();
        metrics.findings.insert(("entra-client-secret-invalid".to_owned(), "error"), 3);
        let counts = FollowCounts {
            now: Duration::from_secs(100),
            bytes: 12,
            lost_bytes: 7,
            last_record_at: Some(Duration::from_secs(90)),
            ..FollowCounts::default()
        };
        metrics.write(&counts).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        for line in [
            "# TYPE oauthsift_follow_findings_total counter",
            "oauthsift_follow_findings_total{pattern=\"entra-client-secret-invalid\",severity=\"error\"} 3",
            "oauthsift_follow_read_bytes_total 12",
            "oauthsift_follow_lost_bytes_total 7",
        ] {
            assert!(text.lines().any(|other| other == line), "{line}\n{text}");
        }
        assert!(!text.contains("last_failure_timestamp"));
        let value = |name: &str| -> f64 {
            let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            line.trim().parse().unwrap()
        };
        let updated = value("oauthsift_follow_update_timestamp_seconds");
        assert!(updated >= before && value("oauthsift_follow_start_timestamp_seconds") >= before, "{text}");
        let since_last_record = updated - value("oauthsift_follow_last_record_timestamp_seconds");
        assert!((since_last_record - 10.0).abs() < 0.01, "{text}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
