//! Logs in which 1 % and 20 % of the records are failures: recognised, counted, and as findings.

mod loggen;

use std::{hint::black_box, io::Write as _, sync::Arc};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use oauthsift::{Catalogue, Engine, Scan};

fn scan(c: &mut Criterion) {
    let engine = Engine::new(Arc::new(Catalogue::builtin()));
    for (name, rate) in [("1 %", 0.01), ("20 %", 0.2)] {
        let (log, _) =
            loggen::generate(&loggen::Recipe { bytes: 16 << 20, failure_rate: rate, ..loggen::Recipe::default() });
        let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
        file.write_all(&log).expect("written");
        let mut group = c.benchmark_group(name);
        group.throughput(Throughput::Bytes(log.len() as u64)).sample_size(20);
        group.bench_function("engine", |b| b.iter(|| engine.scan_for_benchmark(black_box(&log))));
        let scan = Scan::new(&engine).paths([file.path()]).threads(1);
        group.bench_function("summary", |b| b.iter(|| scan.summarize()));
        group.bench_function("findings", |b| b.iter(|| scan.run()));
        group.finish();
    }
}

criterion_group!(benches, scan);
criterion_main!(benches);
