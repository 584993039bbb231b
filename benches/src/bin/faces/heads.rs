//! Whose head is cut: by our square, by the middle of the photo, and by what sharp finds worth attention.

use std::fmt::Write;
use std::path::Path;

use headshot_bench::peer::{Peer, absolute};
use headshot_core::{FaceFit, Fit, Limits, Options, SideRange, plan, probe};
use serde_json::{Value, json};

/// A box in pixels of the upright photo: its left, top, right and bottom edge.
pub(crate) type Edges = [f64; 4];

/// How far above the box the crown lies and beside it the ears, in parts of a face's size (docs/faces.md).
const CROWN: f64 = 0.27;
const EARS: f64 = 0.1;

/// How far outside an edge may be, in parts of the face's height: boxes are no more exact.
const SLACK: f64 = 0.05;

const SQUARES: [&str; 5] = [
    "`--fit face`",
    "`--fit face --min-side 128`",
    "center",
    "sharp's attention",
    "sharp's entropy",
];

/// A photo that shows one person and is not square.
struct Portrait {
    size: [f64; 2],
    /// The box that OpenCV found.
    face: Edges,
}

/// What a square does to the portraits.
#[derive(Debug, Default)]
struct Cuts {
    faces: usize,
    heads: usize,
    /// By dlib's box.
    judged: usize,
}

/// The table of cut heads, and how many of them our square cut.
pub(crate) fn table(
    folder: &Path,
    list: &str,
    sharp: &mut Peer,
    judge: &mut Peer,
    out: &Path,
) -> (String, usize) {
    let mut cuts: [Cuts; 5] = Default::default();
    let (mut portraits, mut judged) = (0, 0);
    for (name, portrait) in list.lines().skip(1).filter_map(portrait) {
        let file = folder.join(name);
        let middle = middle(portrait.size);
        let shorter = portrait.size[0].min(portrait.size[1]);
        let squares = [
            ours(&file, &options(512)).unwrap_or(middle),
            ours(&file, &options(128)).unwrap_or(middle),
            middle,
            by_sharp(&file, shorter, "attention", sharp, out),
            by_sharp(&file, shorter, "entropy", sharp, out),
        ];
        portraits += 1;
        let other = portrait.judged(&file, judge);
        judged += usize::from(other.is_some());
        for (index, (cuts, square)) in cuts.iter_mut().zip(squares).enumerate() {
            let is_cut = portrait.is_cut(square);
            cuts.faces += usize::from(is_cut[0]);
            cuts.heads += usize::from(is_cut[1]);
            cuts.judged += usize::from(other.is_some_and(|face| portrait.cuts(face, square)));
            if index < 2 && is_cut[1] {
                let by = SQUARES[index];
                println!("{by} cuts {name}: {square:.0?} of {:.0?}.", portrait.face);
            }
        }
    }
    let mut text = format!(
        "\n{portraits} portraits of one person that are not square, {}:\n\n\
         | square | face cut | head cut | face cut, by dlib ({judged} photos) |\n|---|--:|--:|--:|\n",
        sharp.version
    );
    for (name, cuts) in SQUARES.iter().zip(&cuts) {
        let (faces, heads, judged) = (cuts.faces, cuts.heads, cuts.judged);
        let _ = writeln!(text, "| {name} | {faces} | {heads} | {judged} |");
    }
    text += "\nA face counts as cut if more than a twentieth of its box's height is outside the square; the head adds the crown and the ears. dlib finds \
             faces in another way, by gradients, and finds fewer; where it finds several in a photo, the box that overlaps OpenCV's counts.\n";
    (text, cuts[0].heads)
}

/// A line of faces.tsv.
fn portrait(line: &str) -> Option<(&str, Portrait)> {
    let columns: Vec<&str> = line.split('\t').collect();
    let [_, name, width, height, faces] = columns[..] else {
        return None;
    };
    let faces: Vec<Value> = serde_json::from_str(faces).ok()?;
    let size = [width.parse().ok()?, height.parse().ok()?];
    let [face] = &faces[..] else {
        return None;
    };
    let at = |index: usize| face[index].as_f64();
    let (x, y, width, height) = (at(1)?, at(2)?, at(3)?, at(4)?);
    let face = [x, y, x + width, y + height];
    (size[0] != size[1]).then_some((name, Portrait { size, face }))
}

/// The centered square of a photo of this width and height.
pub(crate) fn middle(size: [f64; 2]) -> Edges {
    let side = size[0].min(size[1]);
    let [x, y] = size.map(|length| ((length - side) / 2.0).floor());
    [x, y, x + side, y + side]
}

/// The square of this side that sharp chooses.
pub(crate) fn by_sharp(
    file: &Path,
    side: f64,
    position: &str,
    sharp: &mut Peer,
    out: &Path,
) -> Edges {
    let order = json!({
        "from": absolute(file), "to": absolute(out), "side": side, "fit": "cover", "format": "jpeg", "quality": 90,
        "position": position,
    });
    let answer = sharp.ask(&order).expect("sharp crops every photo");
    let offset = |key: &str| -answer[key].as_f64().unwrap_or(0.0);
    let (x, y) = (offset("left"), offset("top"));
    [x, y, x + side, y + side]
}

impl Portrait {
    /// The box that dlib finds at the same place.
    fn judged(&self, file: &Path, judge: &mut Peer) -> Option<Edges> {
        let answer = judge.ask(&json!({ "judge": absolute(file) })).ok()?;
        let boxes: Vec<Edges> = serde_json::from_value(answer["boxes"].clone()).ok()?;
        let [left, top, right, bottom] = self.face;
        let (x, y) = ((left + right) / 2.0, (top + bottom) / 2.0);
        let is_at =
            |edges: &&Edges| (edges[0]..edges[2]).contains(&x) && (edges[1]..edges[3]).contains(&y);
        boxes.iter().find(is_at).copied()
    }

    /// Whether a square cuts the face, and whether it cuts the head, as far as the photo shows it.
    fn is_cut(&self, square: Edges) -> [bool; 2] {
        let [left, top, right, bottom] = self.face;
        let (width, height) = (right - left, bottom - top);
        let size = 1.155 * (width * height).sqrt();
        let head = [
            left - EARS * size,
            top - CROWN * size,
            right + EARS * size,
            bottom,
        ];
        [self.face, head].map(|edges| self.cuts(edges, square))
    }

    fn cuts(&self, edges: Edges, square: Edges) -> bool {
        let slack = SLACK * (self.face[3] - self.face[1]);
        let inside = [
            edges[0].max(0.0),
            edges[1].max(0.0),
            edges[2].min(self.size[0]),
            edges[3].min(self.size[1]),
        ];
        inside[0] < square[0] - slack
            || inside[1] < square[1] - slack
            || inside[2] > square[2] + slack
            || inside[3] > square[3] + slack
    }
}

/// The square that `--fit face` chooses, if it finds a face.
pub(crate) fn ours(file: &Path, options: &Options) -> Option<Edges> {
    let photo = std::fs::read(file).expect("a photo");
    let info = probe(&photo, &Limits::default()).expect("a photo");
    let plan = plan(&photo, &info, options).expect("a photo");
    let crop = plan.faces?.crop?;
    let edges = [crop.x, crop.y, crop.x + crop.side, crop.y + crop.side];
    Some(edges.map(f64::from))
}

/// `--fit face`, with this smallest side.
pub(crate) fn options(smallest: u32) -> Options {
    Options {
        fit: Fit::Face(FaceFit::default()),
        side: SideRange::new(smallest, 1024).expect("a range"),
        ..Options::default()
    }
}
