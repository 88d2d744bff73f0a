//! The processes that write, rotate, truncate, remove and compress the log.

use std::{
    collections::BTreeSet,
    fs::{self, File, OpenOptions},
    io::Write as _,
    path::PathBuf,
};

use super::{
    GRACE, Generation, MAX_GENERATIONS, Model,
    records::{record, trace},
};

impl Model<'_> {
    pub(super) fn writer(&mut self) -> &mut File {
        if self.writer.is_none() {
            let file = OpenOptions::new().create(true).append(true).open(&self.path).expect("a log");
            if self.current.is_none() {
                self.generations.push(Generation::default());
                self.current = Some(self.generations.len() - 1);
            }
            self.writer = Some(file);
        }
        self.writer.as_mut().expect("just opened")
    }

    pub(super) fn write(&mut self, text: &str) {
        self.writer().write_all(text.as_bytes()).expect("written");
    }

    pub(super) fn append(&mut self) {
        self.finish_record();
        let count = 1 + self.rng.below(4);
        for _ in 0..count {
            let n = self.next;
            self.next += 1;
            let text = record(n, &mut self.rng);
            self.write(&text);
            self.expect_record(n);
        }
        self.note(format!("append up to {}", self.next - 1));
    }

    pub(super) fn expect_record(&mut self, n: u64) {
        if let Some(current) = self.current {
            self.generations[current].records.insert(n, false);
        }
    }

    /// Writes the start of a record; the rest follows later.
    pub(super) fn start_record(&mut self) {
        self.finish_record();
        let n = self.next;
        self.next += 1;
        let text = record(n, &mut self.rng);
        // Enough bytes to tell one file from another.
        let cut = 70 + self.rng.below(text.len() as u64 - 71) as usize;
        self.write(&text[..cut]);
        self.expect_record(n);
        self.unfinished = Some((n, text[cut..].to_owned()));
        self.note(format!("append {cut} bytes of {n}"));
    }

    pub(super) fn finish_record(&mut self) {
        if let Some((n, rest)) = self.unfinished.take() {
            self.write(&rest);
            self.expect_record(n);
            self.note(format!("append the rest of {n}"));
        }
    }

    pub(super) fn rotated_path(&self, i: usize) -> PathBuf {
        PathBuf::from(format!("{}.{i}", self.path.display()))
    }

    /// The generations that were rotated before the last few.
    pub(super) fn rotated_before(&self, last: usize) -> Vec<usize> {
        let is_rotated = |i: &usize| self.generations[*i].rotated_at.is_some();
        (0..self.generations.len()).rev().filter(is_rotated).skip(last).collect()
    }

    /// Makes room for a new `.1`. Unread records of the generation that is removed are lost.
    pub(super) fn shift(&mut self, running: bool) {
        for end in ["", ".gz"] {
            let last = PathBuf::from(format!("{}{end}", self.rotated_path(MAX_GENERATIONS).display()));
            if last.exists() {
                fs::remove_file(&last).expect("removed");
                // Its unread records may be missing.
                let unread: Vec<u64> = self
                    .generations
                    .iter()
                    .filter(|generation| generation.rotated_at.is_some())
                    .flat_map(|generation| &generation.records)
                    .filter(|(_, read)| !**read)
                    .map(|(n, _)| *n)
                    .collect();
                self.may_miss.extend(unread);
                // The last of the files that are kept, and those that were removed before it.
                let removed = self.rotated_before(MAX_GENERATIONS - 1);
                self.gone.extend(removed.iter().flat_map(|i| self.generations[*i].records.keys()));
                self.risk_all();
                // The run before may have reported its start, or a gap may be reported after it.
                self.may_miss_begun_in_removed_file();
                // The same of a record whose rest has been written by now.
                let kept = (0..self.generations.len()).filter(|i| !removed.contains(i));
                let rest: BTreeSet<u64> = kept.flat_map(|i| self.generations[i].records.keys().copied()).collect();
                let begun = removed.iter().flat_map(|i| self.generations[*i].records.keys());
                self.may_miss.extend(begun.filter(|n| rest.contains(n)));
                if !running {
                    let at_risk = std::mem::take(&mut self.at_risk);
                    self.may_miss.extend(at_risk);
                }
            }
        }
        for i in (1..MAX_GENERATIONS).rev() {
            for end in ["", ".gz"] {
                let from = PathBuf::from(format!("{}{end}", self.rotated_path(i).display()));
                if from.exists() {
                    let to = PathBuf::from(format!("{}{end}", self.rotated_path(i + 1).display()));
                    fs::rename(from, to).expect("renamed");
                }
            }
        }
    }

    /// Records that were found complete. The start of one may look complete, but for its ids.
    pub(super) fn found_complete(&self) -> BTreeSet<u64> {
        let complete = self.observed.found.iter().filter(|found| found.complete);
        complete.filter_map(|found| found.n.filter(|n| found.trace.as_deref() == Some(&*trace(*n)))).collect()
    }

    pub(super) fn risk_all(&mut self) {
        let found: BTreeSet<u64> = self.found_complete();
        let all = self.generations.iter().flat_map(|generation| generation.records.keys().copied());
        self.at_risk.extend(all.filter(|n| !found.contains(n)));
    }

    pub(super) fn rotate(&mut self, running: bool) {
        let Some(current) = self.current else { return };
        if !self.path.exists() {
            return;
        }
        self.shift(running);
        fs::rename(&self.path, self.rotated_path(1)).expect("renamed");
        self.generations[current].rotated_at = Some(self.now);
        self.current = None;
        if let Some((n, _)) = &self.unfinished {
            self.unordered.insert(*n);
        }
        // If its last record continues in the next file, no late writes follow.
        self.late = None;
        if let Some(writer) = self.writer.take().filter(|_| self.unfinished.is_none()) {
            self.late = Some((writer, current));
        }
        self.note("rotate");
        if self.rng.chance(70) {
            self.writer();
        }
    }

    pub(super) fn copy_and_truncate(&mut self, running: bool) {
        let Some(current) = self.current else { return };
        self.shift(running);
        fs::copy(&self.path, self.rotated_path(1)).expect("copied");
        let lossy = self.rng.chance(25);
        let before = self.next;
        if lossy {
            self.may_miss_unfinished();
            self.append();
        }
        self.cut(0);
        self.note(if lossy { "copy, append, truncate" } else { "copy and truncate" });
        if lossy {
            let lost: Vec<u64> = (before..self.next).collect();
            self.may_miss.extend(lost);
        }
        self.may_miss_unfinished();
        self.generations[current].rotated_at = Some(self.now);
        // The copy may be compressed or removed before a restarted follower reads it.
        if !running {
            self.generations[current].seen = true;
        }
        self.generations.push(Generation::default());
        self.current = Some(self.generations.len() - 1);
    }

    /// A record that is unfinished when its file goes away need not be found complete.
    pub(super) fn may_miss_unfinished(&mut self) {
        if let Some((n, _)) = &self.unfinished {
            self.may_miss.insert(*n);
        }
    }

    /// The rest of an unfinished record need not be joined to a start that no file has any more.
    pub(super) fn may_miss_begun_in_removed_file(&mut self) {
        if self.unfinished.as_ref().is_some_and(|(n, _)| self.gone.contains(n)) {
            self.may_miss_unfinished();
        }
    }

    pub(super) fn cut(&mut self, to: u64) {
        OpenOptions::new().write(true).open(&self.path).expect("the log").set_len(to).expect("cut");
    }

    pub(super) fn truncate(&mut self, running: bool) {
        let Some(current) = self.current else { return };
        let before = fs::metadata(&self.path).expect("the log").len();
        self.lose(current, running);
        self.cut(0);
        self.may_miss_unfinished();
        self.note("truncate");
        self.generations.push(Generation::default());
        self.current = Some(self.generations.len() - 1);
        if self.rng.chance(60) {
            // Grows again before the next poll: to less, the same, or more.
            let wanted = before + self.rng.below(3) * 400;
            let mut len = 0;
            while len < wanted && len < 20_000 {
                self.append();
                len = fs::metadata(&self.path).expect("the log").len();
            }
            if len > before && before > 700 && self.rng.chance(50) {
                let cut = before;
                // To exactly the same size: the last record is cut off.
                self.cut(cut);
                self.note("cut to the previous size");
                let current = self.current.expect("a log");
                let all: Vec<u64> = self.generations[current].records.keys().copied().collect();
                self.may_miss.extend(all);
                self.write("\n");
            }
        }
    }

    /// The bytes of a generation are gone: unread records are lost, and records that were read are lost if the follower
    /// is killed.
    pub(super) fn lose(&mut self, generation: usize, running: bool) {
        self.gone.extend(self.generations[generation].records.keys());
        let found: BTreeSet<u64> = self.found_complete();
        for (n, read) in &self.generations[generation].records {
            if !read || (!running && !found.contains(n)) {
                self.may_miss.insert(*n);
            } else if !found.contains(n) {
                self.at_risk.insert(*n);
            }
        }
    }

    pub(super) fn delete(&mut self, running: bool) {
        let Some(current) = self.current else { return };
        // Its bytes remain if the follower has it open.
        if !running || !self.generations[current].seen {
            self.lose(current, false);
            let all: Vec<u64> = self.generations[current].records.keys().copied().collect();
            let found: BTreeSet<u64> = self.found_complete();
            self.may_miss.extend(all.into_iter().filter(|n| !found.contains(n)));
        } else {
            self.gone.extend(self.generations[current].records.keys());
            self.risk_all();
        }
        // The order of a file without a name is known from its times only, and these are coarse.
        let all = self.generations.iter().flat_map(|generation| generation.records.keys().copied());
        self.unordered.extend(all);
        fs::remove_file(&self.path).expect("removed");
        self.may_miss_unfinished();
        self.unfinished = None;
        self.writer = None;
        self.late = None;
        self.current = None;
        self.note("delete");
    }

    pub(super) fn write_late(&mut self, running: bool) {
        let Some((_, generation)) = self.late else { return };
        let since = self.generations[generation].rotated_at.expect("rotated");
        if self.now - since > GRACE / 2 || !self.generations[generation].seen || self.unfinished.is_some() {
            return;
        }
        let n = self.next;
        self.next += 1;
        let text = record(n, &mut self.rng);
        if let Some((writer, _)) = &mut self.late {
            writer.write_all(text.as_bytes()).expect("written");
        }
        self.generations[generation].records.insert(n, false);
        self.unordered.insert(n);
        // Its file was removed meanwhile: only a run that has it open finds it.
        if self.rotated_before(MAX_GENERATIONS).contains(&generation) {
            self.gone.insert(n);
            if !running || self.generations[generation].unreachable {
                self.may_miss.insert(n);
            }
        }
        self.note(format!("append {n} to the renamed file"));
    }

    /// Compresses a rotated generation.
    pub(super) fn compress(&mut self) {
        let i = 1 + self.rng.below(MAX_GENERATIONS as u64 - 1) as usize;
        let (from, to) = (self.rotated_path(i), PathBuf::from(format!("{}.gz", self.rotated_path(i).display())));
        if !from.exists() || to.exists() || fs::metadata(&from).expect("a generation").len() == 0 {
            return;
        }
        let text = fs::read(&from).expect("a generation");
        let file = File::create(&to).expect("made");
        let mut encoder = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
        encoder.write_all(&text).and_then(|()| encoder.finish().map(drop)).expect("compressed");
        fs::remove_file(&from).expect("removed");
        // Late writes that were unread when the follower was killed are not looked for in a compressed file.
        let unread = self.generations.iter().flat_map(|generation| &generation.records).filter(|(_, read)| !**read);
        self.may_miss.extend(unread.map(|(n, _)| *n).filter(|n| self.unordered.contains(n)));
        self.gone.extend(&self.unordered);
        self.late = None;
        self.note(format!("compress .{i}"));
    }
}
