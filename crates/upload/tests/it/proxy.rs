//! Through a proxy, by CONNECT, to an emulator behind TLS: everything works, the proxy learns nothing, and what goes wrong is one
//! plain sentence.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use headshot_emulator::Emulator;
use headshot_upload::rustls::RootCertStore;
use headshot_upload::rustls::pki_types::CertificateDer;
use headshot_upload::rustls::pki_types::pem::PemObject;
use headshot_upload::{
    Class, Client, Error, NoConnection, Photo, Proxy, RateLimiter, RetryPolicy, Settings, Token,
    scim,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::clock::hurried;
use crate::{log, shown, tls};

const CANARY: &str = "canary-5d1f0c2b9e7a";

/// An emulator behind a proxy, and a relay in front of the proxy that keeps all that clients say to it.
struct Network {
    emulator: Emulator,
    relay: String,
    heard: Arc<Mutex<Vec<u8>>>,
    _tasks: JoinSet<()>,
}

impl Network {
    async fn new() -> Network {
        let settings = headshot_emulator::Settings {
            proxy: Some(0),
            rate: None,
            scim_delay: Duration::ZERO,
            ..headshot_emulator::Settings::default()
        };
        let emulator = Emulator::with(settings).unwrap();
        let proxy = emulator.proxy_url().unwrap().replace("http://", "");
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let relay = listener.local_addr().unwrap().to_string();
        let heard: Arc<Mutex<Vec<u8>>> = Arc::default();
        let kept = Arc::clone(&heard);
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (near, _) = listener.accept().await.unwrap();
                let far = TcpStream::connect(&proxy).await.unwrap();
                connections.spawn(pass_on(near, far, Arc::clone(&kept)));
            }
        });
        Network {
            emulator,
            relay,
            heard,
            _tasks: tasks,
        }
    }

    /// Through the relay and the proxy.
    fn settings(&self, base_url: String) -> Settings {
        let mut roots = RootCertStore::empty();
        let root = self.emulator.root_certificate().as_bytes();
        roots
            .add(CertificateDer::from_pem_slice(root).unwrap())
            .unwrap();
        let relay = &self.relay;
        let proxy = format!("http://somebody:{CANARY}@{relay}");
        Settings {
            base_url,
            tls: Some(tls::trusting(roots)),
            proxy: Some(Proxy::new(&proxy).unwrap()),
            rate_limiter: RateLimiter::unlimited(),
            ..Settings::default()
        }
    }

    fn heard(&self) -> String {
        String::from_utf8_lossy(&self.heard.lock().unwrap()).into_owned()
    }
}

/// Passes bytes on in both directions, and keeps those that go out.
async fn pass_on(near: TcpStream, far: TcpStream, kept: Arc<Mutex<Vec<u8>>>) {
    let (mut near_in, mut near_out) = near.into_split();
    let (mut far_in, mut far_out) = far.into_split();
    let out = async {
        let mut buffer = vec![0; 16_384];
        while let Ok(count @ 1..) = near_in.read(&mut buffer).await {
            kept.lock().unwrap().extend_from_slice(&buffer[..count]);
            if far_out.write_all(&buffer[..count]).await.is_err() {
                break;
            }
        }
        let _ = far_out.shutdown().await;
    };
    let back = async {
        let _ = tokio::io::copy(&mut far_in, &mut near_out).await;
        let _ = near_out.shutdown().await;
    };
    tokio::join!(out, back);
}

fn photo() -> Photo {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../testdata/still/astronaut.jpg"
    );
    Photo::new(Bytes::from(std::fs::read(file).unwrap())).unwrap()
}

fn token(kind: &str) -> Token {
    Token::new(format!("xoxp-{kind}--{CANARY}")).unwrap()
}

fn once() -> RetryPolicy {
    RetryPolicy {
        attempts: 1,
        ..RetryPolicy::default()
    }
}

/// What a read and a change make of a network, which must be the same.
async fn both(settings: &Settings) -> (NoConnection, Class, String, String) {
    let client = Client::with(token("emulator"), settings).unwrap();
    let mut told = Vec::new();
    let (read, change) = (client.profile(None).await, client.delete_photo().await);
    for error in [read.err(), change.err()] {
        let error = error.unwrap();
        shown(&error);
        let Error::NotSent { kind, problem, .. } = &error else {
            panic!("{error:?}")
        };
        told.push((
            *kind,
            error.class(),
            problem.clone(),
            error.hint().to_owned(),
        ));
    }
    assert_eq!(told[0], told[1]);
    told.remove(0)
}

#[tokio::test]
async fn everything_goes_through_and_the_proxy_learns_the_host_alone() {
    log::collect();
    let network = Network::new().await;
    let client = Client::with(
        token("emulator"),
        &network.settings(network.emulator.base_url()),
    )
    .unwrap();
    let profile = client.set_photo(&photo()).await.unwrap().value.unwrap();
    let original = profile.image_original.unwrap();
    assert!(
        original.starts_with("https://slack.test/avatars/"),
        "{original}"
    );
    let bytes = client.download(&original, 1 << 20).await.unwrap();
    assert_eq!(bytes, photo().bytes());
    client.delete_photo().await.unwrap();
    let shared = network.settings(network.emulator.scim_base_url());
    let settings = scim::Settings {
        base_url: shared.base_url,
        tls: shared.tls,
        proxy: shared.proxy,
        ..scim::Settings::default()
    };
    let admin = scim::Client::with(token("emulator-scim"), &settings).unwrap();
    admin.set_photo("U0MEMBER", &photo()).await.unwrap();

    let requests = network.emulator.requests();
    for (verb, path) in [
        ("POST", "/api/users.setPhoto"),
        ("POST", "/api/users.deletePhoto"),
        ("PATCH", "/scim/v2/Users/U0MEMBER"),
    ] {
        let is_it = |request: &&headshot_emulator::Request| {
            (&request.verb[..], &request.path[..]) == (verb, path)
        };
        assert_eq!(requests.iter().filter(is_it).count(), 1, "{verb} {path}");
    }
    // Each change on a connection of its own, and the reads on one or more.
    let heard = network.heard();
    let connects = heard.matches("CONNECT slack.test:443 HTTP/1.1\r\nHost: slack.test:443\r\n");
    assert!(connects.count() >= 4, "{heard}");
    // `somebody:` and the canary: in the header for the proxy, and there alone.
    let basic = "Proxy-Authorization: Basic c29tZWJvZHk6Y2FuYXJ5LTVkMWYwYzJiOWU3YQ==\r\n";
    assert!(heard.to_lowercase().contains(&basic.to_lowercase()));
    for secret in ["xoxp", "Bearer", "canary", "setPhoto", "U0MEMBER", "JFIF"] {
        assert!(!heard.contains(secret), "the proxy has seen {secret}");
    }
    let told = network.emulator.log().join("\n");
    let with = "proxy: CONNECT slack.test:443, with a user name and password: 200";
    assert!(told.contains(with), "{told}");
    let told = [told, log::logged(), format!("{client:?} {settings:?}")].concat();
    for secret in ["canary", "c29tZWJvZHk6Y2FuYXJ5"] {
        assert!(!told.contains(secret), "{secret} is in a log");
    }
}

#[tokio::test]
async fn a_proxy_that_refuses_is_told_in_one_sentence() {
    let network = Network::new().await;
    for (status, class, problem, hint) in [
        (
            407,
            Class::Outage,
            "does not take the user name and password that it was given (407)",
            "HTTPS_PROXY",
        ),
        (
            403,
            Class::Outage,
            "does not let anybody through to fault-403.slack.test (403)",
            "NO_PROXY",
        ),
        (
            502,
            Class::Retry,
            "cannot reach fault-502.slack.test (502)",
            "the people who run the proxy",
        ),
        (
            418,
            Class::Outage,
            "answered with status 418 and does not connect to fault-418.slack.test",
            "the people who run the proxy",
        ),
    ] {
        let settings = Settings {
            retry: once(),
            ..network.settings(format!("https://fault-{status}.slack.test/api/"))
        };
        let (kind, found, said, hints) = both(&settings).await;
        assert_eq!((kind, found), (NoConnection::Proxy(status), class));
        assert_eq!(said, format!("the proxy {} {problem}", network.relay));
        assert!(hints.contains(hint), "{hints}");
    }
    // A first request without credentials is asked for them.
    let settings = Settings {
        retry: once(),
        proxy: Some(Proxy::new(&network.relay).unwrap()),
        ..network.settings("https://fault-407.slack.test/api/".to_owned())
    };
    let (_, _, said, _) = both(&settings).await;
    assert!(
        said.ends_with("wants a user name and a password (407)"),
        "{said}"
    );
    assert!(network.emulator.requests().is_empty());
}

#[tokio::test]
async fn a_proxy_that_is_none_is_told_so() {
    let network = Network::new().await;
    let through = |address: &str| Settings {
        retry: once(),
        proxy: Some(Proxy::new(address).unwrap()),
        ..network.settings(network.emulator.base_url())
    };
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = closed.local_addr().unwrap().to_string();
    drop(closed);
    let (kind, _, said, _) = both(&through(&address)).await;
    assert_eq!(kind, NoConnection::Refused);
    assert_eq!(said, format!("the proxy {address} refused the connection"));

    // No name has so long a part: that is known without asking anybody.
    let nowhere = format!("{}.test", "x".repeat(64));
    let (kind, _, said, _) = both(&through(&nowhere)).await;
    assert_eq!(kind, NoConnection::NotFound);
    assert_eq!(said, format!("cannot find the proxy {nowhere}:80"));

    for answer in [
        "SSH-2.0-OpenSSH\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\nhello",
        "",
    ] {
        let other = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = other.local_addr().unwrap().to_string();
        let serve = tokio::spawn(async move {
            loop {
                let (mut stream, _) = other.accept().await.unwrap();
                let _ = stream.read(&mut [0; 4096]).await;
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        let settings = through(&address);
        let client = Client::with(token("emulator"), &settings).unwrap();
        let error = client.delete_photo().await.unwrap_err();
        let problem = format!("the proxy {address} does not answer as an HTTP proxy");
        assert!(shown(&error).contains(&problem), "{answer}: {error:?}");
        assert_eq!(error.class(), Class::Outage);
        serve.abort();
    }
}

#[tokio::test]
async fn a_proxy_that_is_silent_is_named() {
    let network = Network::new().await;
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = silent.local_addr().unwrap().to_string();
    let settings = Settings {
        retry: once(),
        proxy: Some(Proxy::new(&address).unwrap()),
        ..network.settings(network.emulator.base_url())
    };
    let client = Client::with(token("emulator"), &settings).unwrap();
    let (result, took) = hurried(client.delete_photo()).await;
    let error = result.unwrap_err();
    let problem = format!("the proxy {address} did not answer in time (10 s)");
    assert!(shown(&error).contains(&problem), "{error:?}");
    assert!((10..13).contains(&took.as_secs()), "{took:?}");
}

#[tokio::test]
async fn loopback_and_exceptions_need_no_proxy() {
    let network = Network::new().await;
    let page = network.emulator.page_url();
    let settings = Settings {
        proxy: Some(Proxy::new("127.0.0.1:1").unwrap()),
        ..network.settings(format!("{page}api/"))
    };
    let client = Client::with(token("emulator"), &settings).unwrap();
    client.profile(None).await.unwrap();
    // Its name has an address at the proxy alone.
    let host = format!("{}.test", "y".repeat(64));
    let proxy = Proxy::new(&network.relay).unwrap().except("a.test,.test");
    let settings = Settings {
        retry: once(),
        proxy: Some(proxy),
        ..network.settings(format!("https://{host}/api/"))
    };
    let client = Client::with(token("emulator"), &settings).unwrap();
    let error = client.delete_photo().await.unwrap_err();
    let said = format!(
        "users.deletePhoto: cannot find {host}: no network, or it needs the proxy, but NO_PROXY leaves this host out"
    );
    assert_eq!(error.to_string(), said);
    assert_eq!(error.class(), Class::Retry);
    assert!(error.hint().contains("out of NO_PROXY"), "{error:?}");
    assert_eq!(network.heard(), "");
}
