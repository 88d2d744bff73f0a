use std::{ops::ControlFlow, sync::Arc};

use super::{Listed, Room};
use crate::{Catalogue, Engine, FindingEncoder, Input, Limits, Scan, render::JsonLinesEncoder};

/// Failures of several causes, one of them without a time; the minutes of logs of two nodes alternate.
fn log(node: usize) -> String {
    let failure = |i: usize| {
        let code = [7_000_215, 7_000_222, 50_173][i % 3];
        let time = if i == 5 { "2026-xx-xx 20:00".to_owned() } else { format!("2026-01-05 20:{:02}", 2 * i + node) };
        format!(
            "{time}:03,014+0000 http-nio-8080-exec-3 ERROR user{i} 1x{i}x1 1i8mi5a /rest/oauth2-client/latest/config/flow/1 \
             [c.a.o.c.X] The error message is: AADSTS{code}: x. Trace ID: {i:08}-2222-4333-8444-555555555555\n"
        )
    };
    (0..20).map(failure).collect()
}

#[test]
fn a_list_has_what_there_is_room_for_and_the_times_of_all() {
    let engine = Engine::new(Arc::new(Catalogue::builtin()));
    let one = vec![Input::bytes("a/atlassian-jira.log", log(0).as_bytes())];
    let nodes = (1..3).map(|node| Input::bytes(format!("node{node}/atlassian-jira.log"), log(node).as_bytes()));
    for inputs in [one, nodes.collect()] {
        let limits = Limits::default().with_range_bytes(Some(600)).with_read_bytes(200);
        let scan = |threads| Scan::new(&engine).inputs(inputs.clone()).limits(limits).threads(threads);
        let mut all = Vec::new();
        let complete = scan(1).for_each_indexed(|finding| {
            all.push(finding);
            ControlFlow::Continue(())
        });
        assert!(all.len() >= 20, "{}", all.len());
        let line = |finding| {
            let mut line = Vec::new();
            JsonLinesEncoder.encode(finding, &mut line);
            String::from_utf8_lossy(&line).into_owned()
        };
        let lines: Vec<String> = all.iter().map(line).collect();
        for (threads, room) in [1, 2, 4].into_iter().flat_map(|threads| [1, 7, all.len()].map(|room| (threads, room))) {
            let (mut findings, mut times) = (Vec::new(), Vec::new());
            let report = scan(threads).for_each_listed(&JsonLinesEncoder, |listed| {
                match listed {
                    Listed::Finding(line) => {
                        times.push(all.get(findings.len()).and_then(|finding| finding.timestamp.clone()));
                        findings.push(String::from_utf8_lossy(line).into_owned());
                    }
                    Listed::Time(time) => times.push(time),
                }
                if findings.len() < room { Room::Finding } else { Room::Times }
            });
            let name = format!("{} inputs, {threads} threads, room for {room}", inputs.len());
            assert_eq!(findings, lines[..room], "{name}");
            assert_eq!(times, all.iter().map(|finding| finding.timestamp.clone()).collect::<Vec<_>>(), "{name}");
            let indices = |report: &crate::Report| -> Vec<Vec<usize>> {
                report.incidents.iter().map(|incident| incident.findings.clone()).collect()
            };
            assert_eq!(indices(&report), indices(&complete), "{name}");
            assert_eq!(report.summary, complete.summary, "{name}");
        }
    }
}
