//! The machine a figure was measured on, in one line, and what a process used of it.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

/// Processor, logical processors, and how busy they were: on a busy machine times mean little.
pub fn name() -> String {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("unknown processor", |(_, model)| model.trim());
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or("unknown").to_owned();
    format!("{model}, {processors} logical processors, load average {load}")
}

/// The most memory this process has held so far, in bytes, if the system tells (Linux).
pub fn peak_memory() -> Option<u64> {
    status("VmHWM:")
}

/// The memory this process holds now, in bytes, if the system tells (Linux).
pub fn memory() -> Option<u64> {
    status("VmRSS:")
}

/// Resets [`peak_memory`], if the system allows it; otherwise it keeps growing.
pub fn forget_peak_memory() {
    let _ = fs::write("/proc/self/clear_refs", "5");
}

fn status(name: &str) -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? << 10)
}

/// The time that each thread of this process has spent on a processor, by its number, if the system tells (Linux).
pub fn thread_times() -> Option<BTreeMap<u32, Duration>> {
    let mut times = BTreeMap::new();
    for thread in fs::read_dir("/proc/self/task").ok()? {
        let thread = thread.ok()?;
        let number = thread.file_name().to_str()?.parse().ok()?;
        let text = fs::read_to_string(thread.path().join("schedstat")).ok()?;
        let spent = text.split(' ').next()?.parse().ok()?;
        times.insert(number, Duration::from_nanos(spent));
    }
    Some(times)
}
