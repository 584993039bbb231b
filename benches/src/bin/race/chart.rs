//! The race as a picture: everyone's mean time for each kind of work, on a logarithmic scale.

use std::fmt::Write as _;

use crate::field::Runner;
use crate::laps::{Heat, Row};
use crate::report::name;
use headshot_bench::mean::geometric;

/// Who is drawn: the others are variants of these.
const DRAWN: [Runner; 4] = [Runner::Ours, Runner::Sharp, Runner::Pyvips, Runner::Pillow];

// All in units of the picture, which are pixels at its natural size.
const WIDTH: f64 = 760.0;
const LEFT: f64 = 240.0;
const RIGHT: f64 = 70.0;
const TOP: f64 = 64.0;
const BAR: f64 = 15.0;
const GAP: f64 = 18.0;

/// An SVG that is readable on light and on dark pages.
pub(crate) fn draw(heats: &[Heat]) -> String {
    let mut groups = Vec::new();
    for heat in heats {
        let kinds = heat.kinds().into_iter().zip(["JPEG", "PNG"]);
        for (rows, kind) in kinds.filter(|(rows, _)| !rows.is_empty()) {
            let title = format!(
                "{kind}, {}, {} px",
                name(heat.fit).to_lowercase(),
                heat.side
            );
            groups.push((title, DRAWN.map(|runner| mean(&rows, runner))));
        }
    }
    let times = groups.iter().flat_map(|(_, times)| times.iter().flatten());
    let (least, most) = times.fold((f64::MAX, 0.0_f64), |(least, most), ms| {
        (least.min(*ms), most.max(*ms))
    });
    let from = ticks().filter(|tick| *tick <= least).fold(1.0, f64::max);
    let to = ticks().find(|tick| *tick >= most).unwrap_or(most);
    let x = |ms: f64| LEFT + (WIDTH - LEFT - RIGHT) * (ms / from).ln() / (to / from).ln();
    let group = BAR * DRAWN.len() as f64 + GAP;
    let height = TOP + group * groups.len() as f64 + 34.0;

    let mut out = String::new();
    let _ = write!(
        out,
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0}" width="{WIDTH}" height="{height:.0}" role="img" aria-labelledby="title">
<title id="title">Mean time to make an avatar: headshot, sharp, libvips and Pillow</title>
<style>
  text {{ font: 12px system-ui, sans-serif; fill: #24292f; }}
  .head {{ font-size: 15px; font-weight: 600; }}
  .grid {{ stroke: #d0d7de; }}
  .bar {{ fill: #8c959f; }}
  .ours {{ fill: #1f6feb; }}
  .strong {{ font-weight: 600; }}
  @media (prefers-color-scheme: dark) {{
    text {{ fill: #e6edf3; }}
    .grid {{ stroke: #3d444d; }}
    .bar {{ fill: #7d8590; }}
    .ours {{ fill: #58a6ff; }}
  }}
</style>
<text class="head" x="12" y="24">Time to make an avatar, one thread</text>
<text x="12" y="44">Milliseconds, geometric mean of all photos; each line is twice the one before.</text>
"##
    );
    for tick in ticks().filter(|tick| (from..=to).contains(tick)) {
        let (x, bottom) = (x(tick), height - 26.0);
        let _ = writeln!(
            out,
            r#"<line class="grid" x1="{x:.1}" y1="{TOP}" x2="{x:.1}" y2="{bottom:.0}"/><text x="{x:.1}" y="{:.0}" text-anchor="middle">{tick}</text>"#,
            height - 10.0
        );
    }
    for (index, (title, times)) in groups.iter().enumerate() {
        let top = TOP + GAP / 2.0 + group * index as f64;
        let _ = writeln!(
            out,
            r#"<text class="strong" x="12" y="{:.1}">{title}</text>"#,
            top + 12.0
        );
        for (at, (runner, ms)) in DRAWN.iter().zip(times).enumerate() {
            let Some(ms) = ms else { continue };
            let y = top + BAR * at as f64;
            let (class, label) = match runner {
                Runner::Ours => ("ours", "strong"),
                _ => ("bar", "plain"),
            };
            let who = if *runner == Runner::Pyvips {
                "libvips"
            } else {
                runner.name()
            };
            let (from, to) = (x(from), x(*ms));
            let _ = writeln!(
                out,
                r#"<rect class="{class}" x="{from:.1}" y="{y:.1}" width="{:.1}" height="{:.1}" rx="2"/><text class="{label}" x="{:.1}" y="{:.1}" text-anchor="end">{who}</text><text class="{label}" x="{:.1}" y="{:.1}">{ms:.0}</text>"#,
                to - from,
                BAR - 3.0,
                LEFT - 6.0,
                y + 10.5,
                to + 5.0,
                y + 10.5,
            );
        }
    }
    out.push_str("</svg>\n");
    out
}

/// The lines: 1, 2, 4 and so on.
fn ticks() -> impl Iterator<Item = f64> {
    (0..16).map(|power| f64::from(1_u32 << power))
}

/// The geometric mean of a program's times.
fn mean(rows: &[&Row], runner: Runner) -> Option<f64> {
    let times = rows.iter().map(|row| Some(row.of(runner)?.ms));
    Some(geometric(times.collect::<Option<Vec<_>>>()?))
}
