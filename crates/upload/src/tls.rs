//! TLS in Rust and assembly, without a C compiler: rustls, graviola and the system's own list of roots. Or the caller's own TLS.

use crate::Error;

/// What is wrong if the file in `SSL_CERT_FILE` is.
pub(crate) const NAMED_ROOTS: &str = "SSL_CERT_FILE cannot be used";

/// The caller's own TLS.
pub(crate) type TlsConfig = rustls::ClientConfig;

/// The caller's, or else ours: for http, where no cryptography runs, one that trusts nobody.
///
/// # Errors
/// [`Error::Tls`] if there is none, if the processor lacks an instruction that the cryptography needs, or if the system has no roots.
pub(crate) fn config(brought: Option<&TlsConfig>, is_plain: bool) -> Result<TlsConfig, Error> {
    let mut config = match (brought, is_plain) {
        (Some(brought), _) => brought.clone(),
        (None, true) => ours::trusting_nobody()?,
        (None, false) => ours::trusting_the_system()?,
    };
    // What is dialed here speaks HTTP/1.1.
    config.alpn_protocols = Vec::new();
    Ok(config)
}

#[cfg(not(feature = "graviola"))]
mod ours {
    use super::{Error, TlsConfig};

    fn none() -> Result<TlsConfig, Error> {
        Err(Error::Tls {
            problem: "it was built without cryptography",
            detail: "give Settings::tls, or build it with the feature graviola".to_owned(),
        })
    }

    pub(super) fn trusting_the_system() -> Result<TlsConfig, Error> {
        none()
    }

    /// The HTTP library wants one for plain http, too.
    pub(super) fn trusting_nobody() -> Result<TlsConfig, Error> {
        none()
    }

    #[test]
    fn without_cryptography_the_caller_must_bring_some() {
        let error = super::config(None, false).unwrap_err();
        assert!(error.to_string().contains("give Settings::tls"), "{error}");
        assert!(super::config(None, true).is_err());
    }
}

#[cfg(feature = "graviola")]
mod ours {
    use std::env;
    use std::fs;
    use std::io::ErrorKind;
    use std::path::Path;
    use std::sync::Arc;

    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;
    use rustls::{ClientConfig, RootCertStore};
    use rustls_platform_verifier::BuilderVerifierExt;

    use super::{Error, NAMED_ROOTS, TlsConfig};
    use crate::clean::clean;

    /// Whether this system's roots can be named in `SSL_CERT_FILE`; elsewhere the variable is ignored.
    const CAN_NAME_ROOTS: bool = cfg!(all(
        unix,
        not(target_vendor = "apple"),
        not(target_os = "android")
    ));

    /// For `https`: the roots that this system trusts, read now.
    ///
    /// # Errors
    /// [`Error::Tls`] when the processor lacks an instruction that the cryptography needs, the system has no roots, or
    /// `SSL_CERT_FILE` names a file without any.
    pub(super) fn trusting_the_system() -> Result<TlsConfig, Error> {
        if let Some(missing) = missing_cpu_feature() {
            return Err(Error::Tls {
                problem: "this processor is too old for our cryptography: it lacks",
                detail: missing.to_owned(),
            });
        }
        if CAN_NAME_ROOTS && let Some(file) = env::var_os("SSL_CERT_FILE") {
            check(Path::new(&file))?;
        }
        // `with_platform_verifier` fails where the system has no certificates, as in a bare container.
        let no_roots = |error: rustls::Error| Error::Tls {
            problem: "the certificates that this system trusts cannot be read",
            detail: error.to_string(),
        };
        Ok(
            ClientConfig::builder_with_provider(Arc::new(rustls_graviola::default_provider()))
                .with_safe_default_protocol_versions()
                .and_then(|config| config.with_platform_verifier())
                .map_err(no_roots)?
                .with_no_client_auth(),
        )
    }

    /// Where `SSL_CERT_DIR` has roots as well, the verifier ignores a file that it cannot use, and then trusts other roots than
    /// the user thinks.
    fn check(file: &Path) -> Result<(), Error> {
        let wrong = |what: &str| {
            let file = clean(&file.display().to_string());
            Err(Error::Tls {
                problem: NAMED_ROOTS,
                detail: format!("{file} {what}"),
            })
        };
        if file.as_os_str().is_empty() {
            return Err(Error::Tls {
                problem: NAMED_ROOTS,
                detail: "it is empty".to_owned(),
            });
        }
        let bytes = match fs::read(file) {
            Ok(bytes) => bytes,
            Err(error) => {
                return wrong(match error.kind() {
                    ErrorKind::NotFound => "does not exist",
                    ErrorKind::IsADirectory => "is a folder",
                    ErrorKind::PermissionDenied => "may not be read",
                    _ => "cannot be read",
                });
            }
        };
        let certificates = CertificateDer::pem_slice_iter(&bytes).filter_map(Result::ok);
        match RootCertStore::empty().add_parsable_certificates(certificates) {
            (0, _) => wrong("holds no certificate in PEM"),
            _ => Ok(()),
        }
    }

    /// For `http` on loopback: the HTTP library wants a configuration, but this one trusts nobody, and no cryptography
    /// runs, so it works on any processor.
    pub(super) fn trusting_nobody() -> Result<TlsConfig, Error> {
        Ok(
            ClientConfig::builder_with_provider(Arc::new(rustls_graviola::default_provider()))
                .with_safe_default_protocol_versions()
                .map_err(|error| Error::Tls {
                    problem: "no protocol version",
                    detail: error.to_string(),
                })?
                .with_root_certificates(RootCertStore::empty())
                .with_no_client_auth(),
        )
    }

    /// Graviola panics at its first use where one of these is missing, so ask first. The list is its own (`cpu.rs`): on
    /// x86-64 processors from about 2014 on, on ARM those with the cryptography extension.
    fn missing_cpu_feature() -> Option<&'static str> {
        #[cfg(target_arch = "x86_64")]
        let needed = [
            ("aes", std::arch::is_x86_feature_detected!("aes")),
            (
                "pclmulqdq",
                std::arch::is_x86_feature_detected!("pclmulqdq"),
            ),
            ("bmi1", std::arch::is_x86_feature_detected!("bmi1")),
            ("adx", std::arch::is_x86_feature_detected!("adx")),
            ("avx", std::arch::is_x86_feature_detected!("avx")),
            ("avx2", std::arch::is_x86_feature_detected!("avx2")),
        ];
        #[cfg(target_arch = "aarch64")]
        let needed = [
            ("neon", std::arch::is_aarch64_feature_detected!("neon")),
            ("aes", std::arch::is_aarch64_feature_detected!("aes")),
            ("pmull", std::arch::is_aarch64_feature_detected!("pmull")),
            ("sha2", std::arch::is_aarch64_feature_detected!("sha2")),
        ];
        needed
            .iter()
            .find(|(_, present)| !present)
            .map(|(name, _)| *name)
    }
}
