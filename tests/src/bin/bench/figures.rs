//! Figures, their table and their JSON.

use std::fmt::Write;

use anyhow::Result;
use serde_json::{Map, Value, json};

use crate::budget::{self, Good};

/// Figures by name, in the order in which they were measured. A name says its unit.
#[derive(Clone, Default)]
pub struct Figures(Vec<(String, f64)>);

impl Figures {
    /// Notes one.
    pub fn note(&mut self, name: &str, value: f64) {
        let value = (value * 100.0).round() / 100.0;
        eprintln!("{name}: {value}");
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = value,
            None => self.0.push((name.to_owned(), value)),
        }
    }

    /// Notes median and 95th percentile of durations in ms.
    pub fn times(&mut self, name: &str, times: Vec<f64>) {
        self.note(&format!("{name}_p50_ms"), percentile(times.clone(), 50));
        self.note(&format!("{name}_p95_ms"), percentile(times, 95));
    }

    /// Adds those of another measurement.
    pub fn take(&mut self, other: &Self) {
        for (name, value) in &other.0 {
            match self.0.iter_mut().find(|(known, _)| known == name) {
                Some((_, known)) => *known = *value,
                None => self.0.push((name.clone(), *value)),
            }
        }
    }

    /// Reads what [`Figures::json`] wrote.
    pub fn read(text: &str) -> Result<Self> {
        let value: Value = serde_json::from_str(text)?;
        let figures = value["figures"].as_object().into_iter().flatten();
        Ok(Self(figures.filter_map(|(name, value)| Some((name.clone(), value.as_f64()?))).collect()))
    }

    /// One JSON object: where it was measured, and what.
    pub fn json(&self) -> String {
        let figures: Map<String, Value> = self.0.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        let object = json!({ "version": env!("CARGO_PKG_VERSION"), "build": build(), "machine": machine(), "figures": figures });
        serde_json::to_string_pretty(&object).unwrap_or_default()
    }

    /// For people: each figure beside its budget and what it was before.
    pub fn table(&self, before: Option<&Self>) -> String {
        let mut table = format!("\n{} build, {}\n", build(), machine());
        for (name, value) in &self.0 {
            let budget = budget::of(name).map_or(String::new(), |(good, limit)| {
                let (sign, met) = match good {
                    Good::AtMost => ("≤", *value <= limit),
                    Good::AtLeast => ("≥", *value >= limit),
                };
                format!("{sign} {limit}{}", if met { "" } else { "  MISSED" })
            });
            let known = before.and_then(|before| before.0.iter().find(|(known, _)| known == name));
            let change = known.map_or(String::new(), |(_, was)| format!("was {was} ({:+.0} %)", (value / was - 1.0) * 100.0));
            // Writing to a string cannot fail.
            let _ = writeln!(table, "{name:44} {value:>10}  {budget:18} {change}");
        }
        table
    }
}

/// The value that so many percent do not exceed.
pub fn percentile(mut times: Vec<f64>, percent: usize) -> f64 {
    times.sort_by(f64::total_cmp);
    let place = (times.len() * percent).div_ceil(100).saturating_sub(1);
    times.get(place).copied().unwrap_or(f64::NAN)
}

fn build() -> &'static str {
    if cfg!(debug_assertions) { "debug" } else { "release" }
}

fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':')).map_or("", |(_, model)| model.trim());
    format!("{cores} cores, {model}")
}
