//! One failure as a written finding: found, read, redacted and written as a line of JSON.

mod loggen;

use std::{hint::black_box, sync::Arc};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use oauthsift::{Catalogue, Engine, Input, Scan, render};

/// The size of a log with a few dozen failures, each of another kind: none of them is recalled.
const BYTES: u64 = 32 << 10;

fn finding(c: &mut Criterion) {
    let engine = Engine::new(Arc::new(Catalogue::builtin()));
    for (name, failure_rate) in [("with stack traces", 0.5), ("failures alone", 1.0)] {
        let recipe = loggen::Recipe { bytes: BYTES, failure_rate, decoy_rate: 0.0, ..loggen::Recipe::default() };
        let (log, truth) = loggen::generate(&recipe);
        let mut group = c.benchmark_group("finding");
        group.throughput(Throughput::Elements(truth.len() as u64)).sample_size(20);
        group.bench_function(name, |b| {
            b.iter(|| {
                let scan = Scan::new(&engine).inputs([Input::bytes("atlassian-jira.log", black_box(log.clone()))]);
                let mut out = Vec::new();
                let scan = scan.threads(1);
                render::write_scan(&scan, render::ReportFormat::JsonLines, &mut out, |report| report).expect("written");
                out
            });
        });
        group.finish();
    }
}

criterion_group!(benches, finding);
criterion_main!(benches);
