//! `man`: the manual, a page for each command, generated from the definition of the command line.

use std::fs;
use std::path::Path;

use clap::{Arg, Args, Command, CommandFactory};
use clap_mangen::Man;

use crate::args::{Cli, ManArgs};
use crate::claims::ours;
use crate::files::write;
use crate::photo::limits;
use crate::set::manifest_args::ManifestArgs;
use crate::terminal::console::Console;
use crate::terminal::escape;
use crate::terminal::exit::Exit;
use crate::terminal::failure::Failure;

/// What does not fit the one screen of `set --help`.
const SET: &str = "Many people: --manifest FILE.csv sets a photo for each of its rows. Its first line names the columns: \
photo; token, which says where the person's token is: env:NAME, file:PATH, login:USER_ID, or with --allow-commands \
cmd:PROGRAM ARG..., whose output it is (token_env and token_file name a variable and a file as well); and, \
if wanted, user_id or email, which a token of somebody else does not pass, and crop_x, crop_y, crop_w, in pixels of the \
upright photo. Paths are relative to the manifest.\n\n\
What was posted is noted in FILE.csv.headshot-journal, or in the file that --journal names, before and after each post. The same \
command run again goes on where it stopped, repeats nothing that is noted as set, and posts again what has changed: the photo, \
the options or the crop. A post whose end nobody saw is judged by the profile. Nothing of a token is written down.\n\n\
--dry-run checks every row, names what is wrong with the number of its line, and posts nothing. --sheet FILE.html draws a page: \
each photo beside its avatar, the person and the outcome, problems first.\n\n\
By an administrator: --via scim sets the photos of all rows with one token, that of --token-file, which has the scope admin. The \
columns are photo, and user_id or email. One photo must show before the others are handed in. It is experimental; an identity provider \
may overwrite the photos, and people may find that they can no longer change theirs.\n\n\
Networks: HTTPS_PROXY, or --proxy in its place, names an HTTP proxy, as in http://USER:PASSWORD@HOST:PORT; NO_PROXY lists hosts \
that need none, and SSL_CERT_FILE a file with the root certificates to trust. A proxy sees the names of hosts, never the token.\n\n\
Exit status: 0 all done, 1 some row failed, 3 nothing failed but photos handed in by --via scim do not show yet, 75 stopped because Slack could not be reached, 130 stopped by Ctrl-C, 2 nothing \
could be started.\n\n\
What --if-changed and --restore need is noted in $HEADSHOT_STATE, or else in ~/.local/state/headshot.";

pub(crate) fn run(args: &ManArgs, console: &mut Console) -> Result<Exit, Failure> {
    let mut command = Cli::command().mut_subcommand("set", |set| {
        let examples = set.get_after_help().cloned().unwrap_or_default();
        let many = ManifestArgs::augment_args(Command::new("set"));
        let is_for_many = |arg: &Arg| {
            many.get_arguments()
                .any(|other| other.get_id() == arg.get_id())
        };
        set.mut_args(|arg| {
            if is_for_many(&arg) {
                arg.hide(false)
            } else {
                arg
            }
        })
        .after_long_help(format!("{examples}\n\n{SET}"))
    });
    for taker in ["set", "normalize", "inspect"] {
        command = command.mut_subcommand(taker, |taker| {
            taker.mut_args(|arg| match arg.get_id().as_str() {
                "allow_damaged" | "explain" | "face" | "face_fallback" => arg.hide(false),
                _ => limits::show(arg),
            })
        });
    }
    command.build();
    if let Some(folder) = &args.dir {
        let failed = |error| {
            let what = format!("--dir {}: cannot make this folder", escape::name(folder));
            Failure::io("output", what, &error)
        };
        if let Some(why) = ours::kept_for_itself(&write::real(folder)) {
            return Err(refused(folder, &why));
        }
        fs::create_dir_all(folder).map_err(failed)?;
        let pages = all(&command).into_iter().map(|command| {
            let man = Man::new(command.clone());
            let file = folder.join(man.get_filename());
            if is_no_page(&file) {
                let why = "it is there already, and is no page of this manual";
                return Err(refused(&file, why));
            }
            Ok((file, render(&man)?))
        });
        for (file, page) in pages.collect::<Result<Vec<_>, _>>()? {
            write::file(&file, page.as_bytes())?;
        }
        return Ok(Exit::Done);
    }
    let mut wanted = &command;
    for name in &args.command {
        wanted = wanted.find_subcommand(name).ok_or_else(|| {
            let failure = Failure::usage(format!("there is no command {}", args.command.join(" ")));
            failure.with_hint("headshot --help lists the commands")
        })?;
    }
    console.line(render(&Man::new(wanted.clone()))?.trim_end());
    Ok(Exit::Done)
}

fn refused(path: &Path, why: &str) -> Failure {
    let failure = Failure::usage(format!("--dir {}: {why}", escape::name(path)));
    failure.with_hint("choose another folder")
}

/// Whether something is there that is not a page of a manual of headshot's. A link is never followed.
fn is_no_page(file: &Path) -> bool {
    match fs::symlink_metadata(file) {
        Err(_) => false,
        Ok(found) if !found.is_file() => true,
        Ok(_) => !fs::read_to_string(file).is_ok_and(|page| page.contains("\n.TH headshot")),
    }
}

/// A command and all below it.
fn all(command: &Command) -> Vec<&Command> {
    let below = command.get_subcommands().flat_map(all);
    std::iter::once(command).chain(below).collect()
}

fn render(man: &Man) -> Result<String, Failure> {
    let mut page = Vec::new();
    man.render(&mut page)
        .map_err(|error| Failure::io("internal", "the page cannot be made", &error))?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}
