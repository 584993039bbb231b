//! Photos are made into avatars in other processes, within limits that the system enforces, so that a photo that kills its process
//! costs nothing but itself.
//!
//! A worker reads photos from its standard input and answers on its standard output, touches no file, and lives until
//! it has no more to do, or dies. Then another is started for the next photo.

mod bounds;
mod wire;
mod worker;

use std::io::{self, BufReader, BufWriter, ErrorKind, Read};
use std::mem;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::choices::Choice;
use crate::failure::Failure;
use crate::make_avatar::{MadeAvatar, Recipe, Wanted};
use crate::record::Record;
use crate::thumbnail::Thumbnails;

use bounds::Bounds;
pub use worker::worker;

/// The kind of failure of a photo whose worker died.
const WORKER_DIED: &str = "worker_died";

/// How workers are started.
#[derive(Debug)]
pub struct Isolation {
    /// Used by one thread at a time to start a worker.
    command: Mutex<Command>,
    bounds: Bounds,
}

impl Isolation {
    /// `command` starts a process that calls [`worker`](worker()) with the same recipe and the same `memory`, in bytes: what a worker
    /// may have; `None` is what the limits for photos let it need. It gets neither this process's environment nor variables set on the
    /// command: a process that reads strangers' files must not see tokens. It keeps its arguments.
    pub fn new(mut command: Command, memory: Option<u64>, recipe: &Recipe) -> Isolation {
        prepare(&mut command);
        Isolation {
            command: Mutex::new(command),
            bounds: Bounds::new(memory, recipe),
        }
    }

    fn start(&self) -> Result<Worker, Failure> {
        // A panic elsewhere leaves a command that is still valid.
        let mut command = self.command.lock().unwrap_or_else(PoisonError::into_inner);
        Worker::start(&mut command).map_err(|error| unstarted(&error))
    }
}

/// Where avatars are made: here, or in a worker, which is started once there is something to do.
pub struct Maker<'a> {
    recipe: &'a Recipe,
    isolation: Option<&'a Isolation>,
    worker: Option<Worker>,
}

impl<'a> Maker<'a> {
    /// Without isolation, avatars are made in this process.
    pub fn new(recipe: &'a Recipe, isolation: Option<&'a Isolation>) -> Maker<'a> {
        Maker {
            recipe,
            isolation,
            worker: None,
        }
    }

    /// Like [`Recipe::make_avatar`], except that a photo that kills its worker fails.
    ///
    /// # Errors
    /// Those of [`Recipe::make_avatar`]; `worker` if none can be started, and `worker_died` if it died of this photo.
    pub fn make_avatar(
        &mut self,
        photo: &[u8],
        choice: Option<&Choice>,
        wanted: Wanted,
        record: &mut Record,
        thumbnails: &mut Thumbnails,
    ) -> Result<MadeAvatar, Failure> {
        let Some(isolation) = self.isolation else {
            return self
                .recipe
                .make_avatar(photo, choice, wanted, record, thumbnails);
        };
        let mut worker = match self.worker.take() {
            Some(worker) => worker,
            None => isolation.start()?,
        };
        // A worker that died since its last photo did not die of this one.
        if !worker.is_alive() {
            worker = isolation.start()?;
        }
        let patience = isolation.bounds.patience;
        let mut answered = match worker.ask(photo, choice, wanted, patience) {
            Ok(answered) => answered,
            Err(error) => return Err(worker.cause_of_death(&error, &isolation.bounds)),
        };
        self.worker = Some(worker);
        let failure = answered.record.error.take();
        answered.record.photo = mem::take(&mut record.photo);
        *record = answered.record;
        let Thumbnails {
            before,
            face,
            after,
        } = answered.thumbnails;
        thumbnails.before = before.or(thumbnails.before.take());
        thumbnails.face = face.or(thumbnails.face.take());
        thumbnails.after = after.or(thumbnails.after.take());
        failure.map_or(Ok(answered.made), Err)
    }
}

/// Why there is no worker.
fn unstarted(error: &io::Error) -> Failure {
    Failure::io("worker", "no worker process can be started for it", error)
}

/// Gives a command what every worker has: pipes, and an empty environment.
fn prepare(command: &mut Command) {
    command
        // A process that reads strangers' files must not see tokens.
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt;
        // Ctrl-C is for this process alone, which lets the worker finish.
        command.process_group(0);
    }
}

/// A process that makes avatars. Dropping this ends it and cleans up everything.
struct Worker {
    child: Child,
    questions: BufWriter<ChildStdin>,
    answers: BufReader<ChildStdout>,
    /// Collects its last words.
    last_words: Option<JoinHandle<String>>,
}

impl Worker {
    fn start(command: &mut Command) -> io::Result<Worker> {
        let mut child = command.spawn()?;
        let gone = || io::Error::from(ErrorKind::BrokenPipe);
        let stderr = child.stderr.take().ok_or_else(gone)?;
        Ok(Worker {
            questions: BufWriter::new(child.stdin.take().ok_or_else(gone)?),
            answers: BufReader::new(child.stdout.take().ok_or_else(gone)?),
            child,
            last_words: Some(thread::Builder::new().spawn(move || drain(stderr))?),
        })
    }

    fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Has it do one thing, and ends it if it has not answered after this many seconds.
    fn ask(
        &mut self,
        photo: &[u8],
        choice: Option<&Choice>,
        wanted: Wanted,
        patience: u64,
    ) -> io::Result<wire::Answered> {
        let (questions, answers) = (&mut self.questions, &mut self.answers);
        thread::scope(|scope| {
            let (send, answered) = mpsc::channel();
            thread::Builder::new().spawn_scoped(scope, move || {
                let answer = wire::ask(questions, photo, choice, wanted);
                send.send(answer.and_then(|()| wire::answered(answers)))
                    .ok()
            })?;
            // Second by second: while this whole program is suspended, at most one of them passes.
            for _ in 0..patience {
                match answered.recv_timeout(Duration::from_secs(1)) {
                    Ok(answer) => return answer,
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => break,
                }
            }
            // This breaks the pipes that the other thread waits for.
            self.child.kill()?;
            Err(ErrorKind::TimedOut.into())
        })
    }

    /// Why it gave no answer.
    fn cause_of_death(mut self, error: &io::Error, bounds: &Bounds) -> Failure {
        let _ = self.child.kill();
        let status = self.child.wait();
        let last_words = self.last_words.take().and_then(|words| words.join().ok());
        let last_words = last_words.unwrap_or_default();
        match (error.kind(), status) {
            (ErrorKind::TimedOut, _) => {
                let seconds = bounds.patience;
                let message = format!("its worker gave no answer for {seconds} s, and was ended");
                died(message, None)
            }
            (ErrorKind::InvalidData, _) => died(
                "its worker gave an invalid answer, and was ended".to_owned(),
                None,
            ),
            (_, Ok(status)) => cause_of_exit(status, last_words.trim(), bounds),
            (_, Err(error)) => Failure::io(WORKER_DIED, "its worker is gone", &error),
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // It has nothing to lose. Without waiting it would stay as a zombie.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a worker writes to standard error: the beginning, as far as it is worth keeping.
fn drain(mut stderr: ChildStderr) -> String {
    let mut words = Vec::new();
    let _ = stderr.by_ref().take(4096).read_to_end(&mut words);
    let _ = io::copy(&mut stderr, &mut io::sink());
    String::from_utf8_lossy(&words).into_owned()
}

fn died(message: String, hint: Option<String>) -> Failure {
    Failure {
        hint,
        ..Failure::new(WORKER_DIED, message)
    }
}

/// Why a worker died that this program did not end.
fn cause_of_exit(status: ExitStatus, last_words: &str, bounds: &Bounds) -> Failure {
    let mut lines = last_words.lines();
    let lacks = ["memory allocation of", "out of memory"];
    if let Some(line) = lines.find(|line| lacks.iter().any(|words| line.contains(words))) {
        let mebibytes = bounds.memory >> 20;
        let message = format!(
            "it needs more than the {mebibytes} MiB of memory that its worker may have: {line}"
        );
        let hint = "--isolate=SIZE allows more, as in --isolate=2G, for photos that you trust";
        return died(message, Some(hint.to_owned()));
    }
    if last_words.contains("has overflowed its stack") {
        let hint = Some("please report this as a bug".to_owned());
        return died("its worker overflowed its stack".to_owned(), hint);
    }
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt;

        use signal_hook::consts::{SIGKILL, SIGXCPU};
        use signal_hook::low_level::signal_name;
        match status.signal() {
            Some(SIGXCPU) => {
                let seconds = bounds.seconds;
                let message = format!(
                    "it needs more than the {seconds} s of processor time that its worker may have"
                );
                return died(message, None);
            }
            Some(signal) => {
                let name = signal_name(signal).map_or(String::new(), |name| format!(" ({name})"));
                let message = format!("its worker was ended by signal {signal}{name}");
                let hint = (signal == SIGKILL)
                    .then(|| "the system may have run out of memory: try fewer --jobs".to_owned());
                return died(message, hint);
            }
            None => {}
        }
    }
    let mut message = format!("its worker ended without an answer, {status}");
    if let Some(line) = last_words.lines().next() {
        message = format!("{message}: {line}");
    }
    died(message, None)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    /// The failure of a worker that does this.
    fn fate(script: &str) -> Failure {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        prepare(&mut command);
        let mut worker = Worker::start(&mut command).unwrap();
        let bounds = Bounds {
            memory: 77 << 20,
            seconds: 11,
            patience: 1,
        };
        // More than fits into a pipe that nobody reads.
        let photo = vec![0; 1 << 20];
        let answered = worker.ask(&photo, None, Wanted::Avatar, bounds.patience);
        let error = answered.err().expect("this is no worker");
        worker.cause_of_death(&error, &bounds)
    }

    #[test]
    fn every_death_is_told_for_what_it_is() {
        for (script, message) in [
            ("exec sleep 1000", "gave no answer for 1 s, and was ended"),
            ("kill -STOP $$", "gave no answer for 1 s"),
            ("kill -SEGV $$", "ended by signal 11 (SIGSEGV)"),
            ("kill -KILL $$", "ended by signal 9 (SIGKILL)"),
            ("kill -XCPU $$", "more than the 11 s of processor time"),
            (
                "echo memory allocation of 88 bytes failed >&2; kill -ABRT $$",
                "the 77 MiB of memory that its worker may have: memory allocation of 88 bytes failed",
            ),
            (
                "echo headshot: this worker cannot go on: out of memory >&2; exit 2",
                "the 77 MiB of memory that its worker may have: headshot: this worker cannot go on",
            ),
            (
                "echo \"thread 'main' (1) has overflowed its stack\" >&2; kill -ABRT $$",
                "its worker overflowed its stack",
            ),
            ("echo oops >&2", "exit status: 0: oops"),
            ("exit 3", "without an answer, exit status: 3"),
            ("head -c 9999999 /dev/zero >&2; exit 4", "exit status: 4"),
            (
                "head -c 1048576 >/dev/null; echo '{}'; exec sleep 1000",
                "an invalid answer",
            ),
        ] {
            let failure = fate(script);
            assert_eq!(failure.kind, WORKER_DIED);
            assert!(failure.message.contains(message), "{script}: {failure:?}");
        }
    }
}
