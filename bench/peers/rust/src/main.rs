//! Measures the peers that are written in Rust. One thread each; results go nowhere but into a count.
//!
//!     peers rsigma     RULES EVENTS    one JSON object a line, fields under Sigma's names, logsource in the event
//!     peers rsigma-ac  RULES EVENTS    the same with its index over all rules' substrings
//!     peers sigma-rust RULES EVENTS
//!     peers evtx       FOLDER          every record of the event logs below a folder as a JSON value
//!     peers evtx-rsigma RULES FOLDER   both: event logs read, fields lifted to Sigma's names, held against rules
//!
//! Prints one JSON object: what was done, in seconds of the wall and of the processor.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use evtx::{EvtxParser, ParserSettings};
use rsigma_eval::event::JsonEvent;
use rsigma_eval::{Engine, LogSourceExtractor};
use serde_json::{Map, Value, json};

const ROUNDS: usize = 3;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        ["rsigma", rules, events] => rsigma(rules, events, false),
        ["rsigma-ac", rules, events] => rsigma(rules, events, true),
        ["sigma-rust", rules, events] => sigma_rust(rules, events),
        ["evtx", folder] => evtx(folder),
        ["evtx-rsigma", rules, folder] => evtx_rsigma(rules, folder),
        _ => {
            eprintln!("usage: peers rsigma|rsigma-ac|sigma-rust|evtx|evtx-rsigma …");
            std::process::exit(2);
        }
    };
    println!("{result}");
}

/// User and system time of this process, seconds; 0 where the system does not say.
fn processor_seconds() -> f64 {
    let Ok(stat) = fs::read_to_string("/proc/self/stat") else { return 0.0 };
    let Some((_, rest)) = stat.rsplit_once(") ") else { return 0.0 };
    let fields: Vec<&str> = rest.split(' ').collect();
    let ticks = |at: usize| fields.get(at).and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}

/// Wall and processor seconds of some work, with its result.
fn timed<T>(work: impl FnOnce() -> T) -> (T, f64, f64) {
    let (wall, processor) = (Instant::now(), processor_seconds());
    let result = work();
    (result, wall.elapsed().as_secs_f64(), processor_seconds() - processor)
}

fn peak_memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1));
    kilobytes.and_then(|text| text.parse::<u64>().ok()).unwrap_or(0) * 1024
}

fn files_below(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_path_buf()];
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            let entries = fs::read_dir(&path).into_iter().flatten().flatten();
            waiting.extend(entries.map(|entry| entry.path()));
        } else if endings.iter().any(|ending| path.to_string_lossy().ends_with(ending)) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn engine_of(rules: &str, index: bool) -> (Engine, usize) {
    let collection = rsigma_parser::parse_sigma_directory(Path::new(rules)).expect("rules");
    let mut engine = Engine::new();
    engine.set_logsource_extractor(Some(LogSourceExtractor::new()));
    engine.set_cross_rule_ac(index);
    let refused = engine.add_rules(&collection.rules).len();
    (engine, refused)
}

fn rsigma(rules: &str, events: &str, index: bool) -> Value {
    let ((engine, refused), load_wall, load_processor) = timed(|| engine_of(rules, index));
    let text = fs::read_to_string(events).expect("events");
    let lines: Vec<&str> = text.lines().collect();
    let round = || {
        timed(|| {
            let mut matches = 0;
            for line in &lines {
                let value: Value = serde_json::from_str(line).expect("JSON");
                matches += engine.evaluate(&JsonEvent::borrow(&value)).len();
            }
            matches
        })
    };
    report(engine.rule_count(), refused, load_wall, load_processor, lines.len(), best(round))
}

fn sigma_rust(rules: &str, events: &str) -> Value {
    let (loaded, load_wall, load_processor) = timed(|| {
        let mut groups: HashMap<String, Vec<sigma_rust::Rule>> = HashMap::new();
        let (mut live, mut refused) = (0, 0);
        for file in files_below(Path::new(rules), &[".yml", ".yaml"]) {
            match sigma_rust::rule_from_yaml(&fs::read_to_string(file).unwrap_or_default()) {
                Ok(rule) => {
                    let source = &rule.logsource;
                    let part = |text: &Option<String>| text.clone().unwrap_or_default();
                    let key = [&source.product, &source.category, &source.service].map(part).join("/");
                    groups.entry(key).or_default().push(rule);
                    live += 1;
                }
                Err(_) => refused += 1,
            }
        }
        (groups, live, refused)
    });
    let (groups, live, refused) = loaded;
    let text = fs::read_to_string(events).expect("events");
    // It tries rule after rule, so a share of the events is enough to know its pace.
    let lines: Vec<&str> = text.lines().take(2_000).collect();
    let none = Vec::new();
    let round = || {
        timed(|| {
            let mut matches = 0;
            for line in &lines {
                let value: Value = serde_json::from_str(line).expect("JSON");
                let part = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
                let (product, category, service) = (part("product"), part("category"), part("service"));
                let event: sigma_rust::Event = sigma_rust::event_from_json(line).expect("event");
                let keys = [format!("{product}/{category}/"), format!("{product}//{service}"), format!("{product}//")];
                for key in keys {
                    let rules = groups.get(&key).unwrap_or(&none);
                    matches += rules.iter().filter(|rule| rule.is_match(&event)).count();
                }
            }
            matches
        })
    };
    report(live, refused, load_wall, load_processor, lines.len(), best(round))
}

/// The round that took the processor the shortest time.
fn best<T>(mut round: impl FnMut() -> (T, f64, f64)) -> (T, f64, f64) {
    let mut found = round();
    for _ in 1..ROUNDS {
        let next = round();
        if next.2 < found.2 {
            found = next;
        }
    }
    found
}

fn report(
    rules: usize,
    refused: usize,
    load_wall: f64,
    load_processor: f64,
    events: usize,
    (matches, wall, processor): (usize, f64, f64),
) -> Value {
    json!({
        "rules": rules, "refused": refused, "loadWall": load_wall, "loadProcessor": load_processor,
        "events": events, "matches": matches, "wall": wall, "processor": processor, "memory": peak_memory(),
    })
}

/// Every record of the event logs below a folder, by one thread.
fn records(folder: &str, mut each: impl FnMut(Value)) -> (usize, usize) {
    let (mut read, mut failed) = (0, 0);
    for file in files_below(Path::new(folder), &[".evtx"]) {
        let Ok(parser) = EvtxParser::from_path(&file) else {
            failed += 1;
            continue;
        };
        let mut parser = parser.with_configuration(ParserSettings::default().num_threads(1));
        for record in parser.records_json_value() {
            match record {
                Ok(record) => {
                    read += 1;
                    each(record.data);
                }
                Err(_) => failed += 1,
            }
        }
    }
    (read, failed)
}

fn evtx(folder: &str) -> Value {
    let round = || {
        timed(|| {
            records(folder, |value| {
                std::hint::black_box(value);
            })
        })
    };
    let ((read, failed), wall, processor) = best(round);
    json!({ "events": read, "failed": failed, "wall": wall, "processor": processor, "memory": peak_memory() })
}

fn evtx_rsigma(rules: &str, folder: &str) -> Value {
    let ((engine, refused), load_wall, load_processor) = timed(|| engine_of(rules, false));
    let ((read, matches), wall, processor) = timed(|| {
        let mut matches = 0;
        let (read, _) = records(folder, |value| {
            let event = lifted(&value);
            matches += engine.evaluate(&JsonEvent::borrow(&event)).len();
        });
        (read, matches)
    });
    report(engine.rule_count(), refused, load_wall, load_processor, read, (matches, wall, processor))
}

/// A record with its data under Sigma's names and Sigma's logsource beside them.
fn lifted(record: &Value) -> Value {
    let system = &record["Event"]["System"];
    let mut event = Map::new();
    for part in ["EventData", "UserData"] {
        for (name, value) in record["Event"][part].as_object().into_iter().flatten() {
            event.insert(name.clone(), value.clone());
        }
    }
    let code = &system["EventID"];
    let code = if code.is_object() { &code["#text"] } else { code };
    let channel = system["Channel"].as_str().unwrap_or_default();
    let category = match (channel, code.as_u64().unwrap_or(0)) {
        ("Microsoft-Windows-Sysmon/Operational", 1) | ("Security", 4688) => "process_creation",
        ("Microsoft-Windows-Sysmon/Operational", 3) => "network_connection",
        ("Microsoft-Windows-Sysmon/Operational", 7) => "image_load",
        ("Microsoft-Windows-Sysmon/Operational", 10) => "process_access",
        ("Microsoft-Windows-Sysmon/Operational", 11) => "file_event",
        ("Microsoft-Windows-Sysmon/Operational", 13) => "registry_set",
        ("Microsoft-Windows-PowerShell/Operational", 4104) => "ps_script",
        _ => "",
    };
    let service = match channel {
        "Security" => "security",
        "System" => "system",
        "Application" => "application",
        "Microsoft-Windows-Sysmon/Operational" => "sysmon",
        "Microsoft-Windows-PowerShell/Operational" => "powershell",
        _ => "other",
    };
    if category.is_empty() {
        event.insert("service".into(), service.into());
    } else {
        event.insert("category".into(), category.into());
    }
    event.insert("product".into(), "windows".into());
    event.insert("EventID".into(), code.clone());
    event.insert("Channel".into(), channel.into());
    event.insert("Provider_Name".into(), system["Provider"]["#attributes"]["Name"].clone());
    event.insert("Computer".into(), system["Computer"].clone());
    Value::Object(event)
}
