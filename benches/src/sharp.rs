//! The other side of the race: sharp, in a Node process that times its own calls.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;

const VERSION: &str = "0.35";

const SCRIPT: &str = "
const sharp = require('sharp');
const fs = require('fs');
sharp.concurrency(1);
sharp.cache(false);
console.log(JSON.stringify({ version: `sharp ${sharp.versions.sharp}, libvips ${sharp.versions.vips}` }));
require('readline').createInterface({ input: process.stdin }).on('line', async (line) => {
  const { from, to, side } = JSON.parse(line);
  const photo = fs.readFileSync(from);
  const start = process.hrtime.bigint();
  const avatar = await sharp(photo, { animated: true, limitInputPixels: false })
    .resize(side, side, { fit: 'contain' }).gif().toBuffer();
  const ms = Number(process.hrtime.bigint() - start) / 1e6;
  fs.writeFileSync(to, avatar);
  console.log(JSON.stringify({ ms }));
});
";

/// A running Node process with sharp, one thread.
pub struct Sharp {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    /// What it calls itself.
    pub version: String,
}

impl Sharp {
    /// Installs sharp under `folder`, unless it is there, and starts it.
    pub fn start(folder: &Path) -> Sharp {
        if !folder.join("node_modules/sharp").exists() {
            std::fs::create_dir_all(folder).expect("a folder under target");
            let installed = Command::new("npm")
                .args([
                    "install",
                    "--no-save",
                    "--silent",
                    "--prefix",
                    ".",
                    &format!("sharp@{VERSION}"),
                ])
                .current_dir(folder)
                .status();
            assert!(
                installed.is_ok_and(|status| status.success()),
                "npm could not install sharp"
            );
        }
        let mut child = Command::new("node")
            .args(["-e", SCRIPT])
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node is installed");
        let input = child.stdin.take().expect("its input is a pipe");
        let output = BufReader::new(child.stdout.take().expect("its output is a pipe"));
        let mut sharp = Sharp {
            child,
            input,
            output,
            version: String::new(),
        };
        sharp.version = sharp.reply()["version"]
            .as_str()
            .unwrap_or("sharp")
            .to_owned();
        sharp
    }

    /// Contains the GIF at `from` in a square and writes it to `to`. Milliseconds, without reading and writing.
    pub fn contain(&mut self, from: &Path, to: &Path, side: u32) -> f64 {
        let absolute =
            |path: &Path| -> PathBuf { std::path::absolute(path).expect("a working folder") };
        let order = serde_json::json!({ "from": absolute(from), "to": absolute(to), "side": side });
        writeln!(self.input, "{order}").expect("node listens");
        self.reply()["ms"]
            .as_f64()
            .expect("node answers with a time")
    }

    fn reply(&mut self) -> Value {
        let mut line = String::new();
        self.output.read_line(&mut line).expect("node answers");
        serde_json::from_str(&line).expect("node answers in JSON")
    }
}

impl Drop for Sharp {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
