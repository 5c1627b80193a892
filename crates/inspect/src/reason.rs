//! The library's reasons, each in a sentence that helps.

use axum_cookie_session::Reason;

use crate::format::Format;
use crate::time::Moment;

/// What is known about a rejected cookie.
pub(crate) struct About<'a> {
    pub(crate) format: Format,
    pub(crate) name: &'a str,
    /// Bytes of name and value, where one cookie came.
    pub(crate) len: Option<usize>,
    /// Whether a second cookie with a signature came.
    pub(crate) has_signature: bool,
    /// Where the signature was right.
    pub(crate) created: Option<Moment>,
    pub(crate) issued: Option<Moment>,
    pub(crate) expires: Option<Moment>,
}

pub(crate) fn sentence(reason: Reason, about: &About<'_>) -> String {
    let About { format, name, .. } = about;
    let at = |moment: Option<Moment>| moment.map_or(String::new(), |moment| format!(" {moment}"));
    match reason {
        Reason::TooLong => {
            let len = about.len.map_or("more than 4096".to_owned(), |len| len.to_string());
            format!("Name and value are {len} bytes together, but at most 4096 are read: browsers drop such a cookie")
        }
        Reason::Malformed => format!(
            "It does not have the shape of a token of the format {format}: it was cut short, quoted or percent-encoded on the way, or is of another format (see --format)"
        ),
        Reason::UnknownVersion => "It is a token of a version that is not read here: version 1 is HMAC-SHA1, version 2 is HMAC-SHA256, and version 3 is encrypted (see --algorithm)".to_owned(),
        Reason::BadSignature if format.has_signature_cookie() && !about.has_signature => format!(
            "There is no signature: give the cookie {name}.sig as well, as in \"{name}=..; {name}.sig=..\""
        ),
        Reason::BadSignature if matches!(format, Format::Native | Format::Express | Format::Koa) => format!(
            "The signature does not match: the key is another one, or the cookie was changed, or {name:?} is not the cookie's name, which the signature is bound to (see --name)"
        ),
        Reason::BadSignature if matches!(format, Format::Rails | Format::RailsSha1) => format!(
            "No key decrypts it: the key is another one, or the cookie was changed, or {name:?} is not the cookie's name, which it is bound to (see --name), or the application has the other digest (see --format)"
        ),
        Reason::BadSignature => format!(
            "The signature does not match: the key is another one, or the cookie was changed, or it is not of the format {format} (see --format)"
        ),
        Reason::IssuedInFuture => format!(
            "It was issued{}, more than 60 seconds ahead of this machine's clock: compare the clocks of both machines",
            at(about.issued)
        ),
        Reason::IdleTimeout => format!(
            "It was issued{}, and the idle timeout has passed since: the user was away for too long, or the application has another timeout (see --idle-timeout)",
            at(about.issued)
        ),
        // Neither has an absolute timeout.
        Reason::AbsoluteTimeout if matches!(format, Format::Express | Format::Koa) => format!(
            "It ended{}, as its `_expire` says, which koa-session wrote",
            at(about.expires)
        ),
        Reason::AbsoluteTimeout => format!(
            "The session began{}, and the absolute timeout has passed since: the user has to sign in again, or the application has another timeout (see --absolute-timeout)",
            at(about.created)
        ),
        Reason::InvalidPayload if matches!(format, Format::Rails | Format::RailsSha1) => "The key is right, but the payload is not a JSON object: the application writes Marshal, which is not supported (`cookies_serializer`)".to_owned(),
        Reason::InvalidPayload => "The signature is right, but the payload is not a JSON object: another program signs with this key, or the framework wrote a value that JSON does not have, such as NaN".to_owned(),
        Reason::Revoked => "The session was revoked: the application ended it before it expired".to_owned(),
        Reason::RevocationUnknown => "It is not known whether the session was revoked: the revocation did not answer, or was not consulted".to_owned(),
        Reason::TypeMismatch => "The session is valid, but cannot be read as the requested type".to_owned(),
        other => format!("The library gives a reason that this tool does not know: {other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_that_this_tool_never_meets_and_unknown_times_have_sentences_too() {
        let about = About {
            format: Format::Native,
            name: "session",
            len: None,
            has_signature: false,
            created: None,
            issued: None,
            expires: None,
        };
        for (reason, part) in [
            (Reason::Revoked, "the application ended it"),
            (Reason::RevocationUnknown, "did not answer"),
            (Reason::TypeMismatch, "cannot be read as the requested type"),
            // Of a time that is not known nothing is said.
            (Reason::IssuedInFuture, "It was issued, more than"),
            (Reason::IdleTimeout, "It was issued, and the idle"),
            (
                Reason::AbsoluteTimeout,
                "The session began, and the absolute",
            ),
        ] {
            assert!(sentence(reason, &about).contains(part));
        }
    }
}
