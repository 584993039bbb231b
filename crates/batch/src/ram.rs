//! How much memory a batch may take by default: a quarter of what there is.

use std::fs;
use std::path::Path;

/// Used if the system does not say how much memory it has.
const UNKNOWN: u64 = 4 << 30;

/// A quarter of the memory of the machine, or of what the cgroup allows if that is less.
pub(crate) fn default_budget() -> u64 {
    let machine = fs::read_to_string("/proc/meminfo").ok();
    let machine = machine.and_then(|text| total(&text)).unwrap_or(UNKNOWN);
    let groups = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    machine.min(allowed(&groups, Path::new("/sys/fs/cgroup"))) / 4
}

/// The bytes of `MemTotal` in `/proc/meminfo`.
fn total(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find(|line| line.starts_with("MemTotal:"))?;
    line.split_whitespace()
        .nth(1)?
        .parse::<u64>()
        .ok()?
        .checked_mul(1024)
}

/// The smallest limit of this process's cgroup and those around it (cgroups(7), both versions).
fn allowed(groups: &str, mounted: &Path) -> u64 {
    let mut least = u64::MAX;
    for line in groups.lines() {
        let mut parts = line.splitn(3, ':').skip(1);
        let (Some(controllers), Some(group)) = (parts.next(), parts.next()) else {
            continue;
        };
        let (base, file) = match controllers {
            "" => (mounted.to_owned(), "memory.max"),
            "memory" => (mounted.join("memory"), "memory.limit_in_bytes"),
            _ => continue,
        };
        for group in Path::new(group.trim_start_matches('/')).ancestors() {
            let limit = fs::read_to_string(base.join(group).join(file));
            let limit = limit.ok().and_then(|text| text.trim().parse().ok());
            least = least.min(limit.unwrap_or(u64::MAX));
        }
    }
    least
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tightest_group_around_decides() {
        assert_eq!(
            total("MemFree: 1 kB\nMemTotal:       33 kB\n"),
            Some(33 << 10)
        );
        let mounted = tempfile::tempdir().unwrap();
        let at = |path: &str, limit: &str| {
            let path = mounted.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, limit).unwrap();
        };
        at("memory.max", "max\n");
        at("a/memory.max", "7777\n");
        at("a/b/memory.max", "8888\n");
        at("memory/c/memory.limit_in_bytes", "666\n");
        assert_eq!(allowed("0::/a/b\n", mounted.path()), 7777);
        assert_eq!(allowed("4:cpu:/x\n3:memory:/c/d\n", mounted.path()), 666);
        assert_eq!(allowed("0::/\n", mounted.path()), u64::MAX);
    }
}
