//! Secrets that are known by their shape: a prefix that their issuer gives them, and how they go on.
//!
//! Prefixes are those that the issuers document for secret scanning.

use std::ops::RangeInclusive;

use crate::evidence::redaction::bytes::{self, Set};

/// A shape: the prefix, what may follow it, and how many of those there must be at least.
pub(super) struct Shape {
    /// In the spelling of the issuer.
    pub(super) prefix: &'static str,
    /// The characters that follow.
    pub(super) set: Set,
    /// At least so many of them.
    pub(super) min: usize,
}

const fn shape(prefix: &'static str, set: Set, min: usize) -> Shape {
    Shape { prefix, set, min }
}

/// All of them. What is longer stands before what it begins with only for the reader: the longest prefix is looked at
/// by every shape that fits.
pub(super) const SHAPES: &[Shape] = &[
    // Clouds and hosting.
    shape("AKIA", Set::Upper, 16),
    shape("ASIA", Set::Upper, 16),
    shape("ABIA", Set::Upper, 16),
    shape("ACCA", Set::Upper, 16),
    shape("AGPA", Set::Upper, 16),
    shape("AIDA", Set::Upper, 16),
    shape("AROA", Set::Upper, 16),
    shape("ANPA", Set::Upper, 16),
    shape("ABSK", Set::Base64, 60),
    shape("AIza", Set::Word, 33),
    shape("ya29.", Set::Dotted, 20),
    shape("GOCSPX-", Set::Word, 24),
    shape("LTAI", Set::Alnum, 12),
    shape("AKID", Set::Alnum, 28),
    shape("dop_v1_", Set::Hex, 60),
    shape("doo_v1_", Set::Hex, 60),
    shape("dor_v1_", Set::Hex, 60),
    shape("HRKU-", Set::Word, 30),
    shape("FlyV1 fm", Set::Base64, 40),
    shape("vercel_", Set::Word, 20),
    shape("nfp_", Set::Word, 30),
    shape("rnd_", Set::Alnum, 24),
    shape("pscale_tkn_", Set::Dotted, 28),
    shape("pscale_oauth_", Set::Dotted, 28),
    shape("pscale_pw_", Set::Dotted, 28),
    shape("sbp_", Set::Hex, 36),
    shape("sb_secret_", Set::Word, 20),
    shape("npg_", Set::Alnum, 10),
    shape("dapi", Set::Hex, 32),
    shape("t1.", Set::Dotted, 80),
    shape("AQVN", Set::Word, 35),
    shape("ocid1.credential.", Set::Dotted, 20),
    shape("lin_api_", Set::Alnum, 32),
    // Code, packages, builds.
    shape("ghp_", Set::Alnum, 30),
    shape("gho_", Set::Alnum, 30),
    shape("ghu_", Set::Alnum, 30),
    shape("ghs_", Set::Dotted, 30),
    shape("ghr_", Set::Alnum, 30),
    shape("github_pat_", Set::Word, 36),
    shape("glpat-", Set::Dotted, 18),
    shape("gldt-", Set::Word, 18),
    shape("glrt-", Set::Dotted, 18),
    shape("glptt-", Set::Word, 18),
    shape("glcbt-", Set::Word, 18),
    shape("glft-", Set::Word, 18),
    shape("glsoat-", Set::Word, 18),
    shape("glagent-", Set::Word, 18),
    shape("glimt-", Set::Word, 18),
    shape("glffct-", Set::Word, 18),
    shape("GR1348941", Set::Word, 18),
    shape("ATBB", Set::Alnum, 28),
    shape("ATATT3", Set::Base64, 40),
    shape("ATCTT3", Set::Base64, 40),
    shape("npm_", Set::Alnum, 30),
    shape("pypi-AgE", Set::Word, 40),
    shape("rubygems_", Set::Hex, 40),
    shape("oy2", Set::Alnum, 40),
    shape("cio", Set::Alnum, 31),
    shape("dckr_pat_", Set::Word, 20),
    shape("dckr_oat_", Set::Word, 20),
    shape("CLOJARS_", Set::Alnum, 50),
    shape("AKCp", Set::Alnum, 50),
    shape("cmVmdGtu", Set::Base64, 40),
    shape("bkua_", Set::Alnum, 36),
    shape("CCIPAT_", Set::Word, 30),
    shape("snyk_", Set::Word, 30),
    shape("sgp_", Set::Word, 36),
    shape("squ_", Set::Alnum, 36),
    shape("sqp_", Set::Alnum, 36),
    shape("sqa_", Set::Alnum, 36),
    shape("PMAK-", Set::Word, 40),
    shape("rdme_", Set::Alnum, 40),
    shape("pnu_", Set::Alnum, 32),
    // Messages and people.
    shape("xoxb-", Set::Word, 16),
    shape("xoxp-", Set::Word, 16),
    shape("xoxa-", Set::Word, 16),
    shape("xoxr-", Set::Word, 16),
    shape("xoxs-", Set::Word, 16),
    shape("xoxc-", Set::Word, 16),
    shape("xoxd-", Set::Encoded, 16),
    shape("xoxe.", Set::Dotted, 16),
    shape("xoxe-", Set::Word, 16),
    shape("xapp-", Set::Word, 16),
    shape("hooks.slack.com/services/", Set::Path, 20),
    shape("hooks.slack.com/workflows/", Set::Path, 20),
    shape("hooks.slack.com/triggers/", Set::Path, 20),
    shape("discord.com/api/webhooks/", Set::Path, 40),
    shape("discordapp.com/api/webhooks/", Set::Path, 40),
    shape("webhook.office.com/webhookb2/", Set::Path, 40),
    shape("api.telegram.org/bot", Set::Path, 30),
    shape("SG.", Set::Dotted, 40),
    shape("xkeysib-", Set::Word, 40),
    shape("xsmtpsib-", Set::Word, 40),
    shape("re_", Set::Word, 24),
    shape("key-", Set::Hex, 32),
    shape("SK", Set::Hex, 32),
    shape("pat-na1-", Set::Word, 30),
    shape("pat-eu1-", Set::Word, 30),
    shape("figd_", Set::Word, 36),
    shape("ntn_", Set::Alnum, 36),
    shape("secret_", Set::Alnum, 40),
    shape("lin_oauth_", Set::Hex, 32),
    shape("tfp_", Set::Dotted, 40),
    shape("CFPAT-", Set::Word, 36),
    shape("fio-u-", Set::Word, 40),
    shape("duffel_live_", Set::Word, 36),
    shape("duffel_test_", Set::Word, 36),
    // Money.
    shape("sk_live_", Set::Word, 10),
    shape("sk_test_", Set::Word, 10),
    shape("rk_live_", Set::Word, 10),
    shape("rk_test_", Set::Word, 10),
    shape("pk_live_", Set::Word, 10),
    shape("pk_test_", Set::Word, 10),
    shape("whsec_", Set::Base64, 24),
    shape("sq0atp-", Set::Word, 20),
    shape("sq0csp-", Set::Word, 36),
    shape("EAAA", Set::Word, 50),
    shape("EAA", Set::Alnum, 80),
    shape("access_token$production$", Set::Alnum, 40),
    shape("access-production-", Set::Word, 30),
    shape("access-sandbox-", Set::Word, 30),
    shape("rzp_live_", Set::Alnum, 12),
    shape("rzp_test_", Set::Alnum, 12),
    shape("EZAK", Set::Alnum, 50),
    shape("EZTK", Set::Alnum, 50),
    shape("FLWSECK", Set::Word, 16),
    shape("shippo_live_", Set::Hex, 36),
    shape("shippo_test_", Set::Hex, 36),
    shape("shpat_", Set::Alnum, 30),
    shape("shpca_", Set::Alnum, 30),
    shape("shppa_", Set::Alnum, 30),
    shape("shpss_", Set::Alnum, 30),
    // Models.
    shape("sk-ant-", Set::Word, 30),
    shape("sk-proj-", Set::Word, 30),
    shape("sk-svcacct-", Set::Word, 30),
    shape("sk-admin-", Set::Word, 30),
    shape("sk-or-v1-", Set::Hex, 40),
    shape("sk-lf-", Set::Word, 24),
    shape("pk-lf-", Set::Word, 24),
    shape("sk-", Set::Word, 20),
    shape("gsk_", Set::Alnum, 40),
    shape("xai-", Set::Alnum, 60),
    shape("pplx-", Set::Alnum, 40),
    shape("hf_", Set::Alnum, 30),
    shape("api_org_", Set::Alnum, 30),
    shape("r8_", Set::Alnum, 30),
    shape("lsv2_pt_", Set::Word, 36),
    shape("lsv2_sk_", Set::Word, 36),
    shape("tvly-", Set::Word, 20),
    shape("fw_", Set::Alnum, 20),
    shape("nvapi-", Set::Word, 50),
    // Watching.
    shape("glc_", Set::Base64, 30),
    shape("glsa_", Set::Word, 36),
    shape("sntrys_", Set::Base64, 40),
    shape("sntryu_", Set::Hex, 50),
    shape("NRAK-", Set::Upper, 24),
    shape("NRJS-", Set::Hex, 17),
    shape("NRII-", Set::Word, 30),
    shape("NRSP-", Set::Word, 30),
    shape("dt0c01.", Set::Dotted, 40),
    shape("dt0s16.", Set::Dotted, 40),
    shape("hcaik_", Set::Alnum, 40),
    shape("hcxik_", Set::Alnum, 40),
    shape("phc_", Set::Alnum, 36),
    shape("phx_", Set::Alnum, 36),
    shape("sdk-", Set::Uuid, 36),
    shape("mob-", Set::Uuid, 36),
    // Secrets of secrets.
    shape("hvs.", Set::Word, 20),
    shape("hvb.", Set::Word, 20),
    shape("hvr.", Set::Word, 20),
    shape("dp.pt.", Set::Alnum, 36),
    shape("dp.st.", Set::Dotted, 36),
    shape("dp.ct.", Set::Alnum, 36),
    shape("dp.sa.", Set::Alnum, 36),
    shape("ops_eyJ", Set::Base64, 60),
    shape("pul-", Set::Hex, 40),
    shape("ico-", Set::Alnum, 30),
    shape("tskey-", Set::Word, 20),
    shape("AGE-SECRET-KEY-1", Set::Upper, 50),
    shape("sha256~", Set::Word, 40),
    shape("dnkey-", Set::Word, 30),
    shape("aio_", Set::Alnum, 26),
    shape("SSWS ", Set::Word, 38),
    shape("pk.eyJ", Set::Dotted, 40),
    shape("sk.eyJ", Set::Dotted, 40),
    // JSON in base64url: tokens of JOSE, and others made the same way.
    shape("eyJ", Set::Token, 20),
    // A key or a certificate in base64, as in a Kubernetes secret.
    shape("LS0tLS1CRUdJTi", Set::Base64, 40),
    // Hashes of passwords.
    shape("$2a$", Set::Crypt, 50),
    shape("$2b$", Set::Crypt, 50),
    shape("$2y$", Set::Crypt, 50),
    shape("$1$", Set::Crypt, 24),
    shape("$5$", Set::Crypt, 40),
    shape("$6$", Set::Crypt, 80),
    shape("$y$", Set::Crypt, 40),
    shape("$apr1$", Set::Crypt, 26),
    shape("$argon2", Set::Crypt, 60),
    shape("pbkdf2_sha256$", Set::Crypt, 50),
];

/// A shape that is found by a part in its middle.
pub(super) struct Middle {
    /// How far the run may reach back from there.
    pub(super) back: usize,
    /// What the run is made of.
    pub(super) set: Set,
    /// How long it is.
    pub(super) length: RangeInclusive<usize>,
    /// What else is true of it.
    pub(super) fits: fn(&[u8]) -> bool,
}

/// A client secret of Azure, around `Q~`.
pub(super) const AZURE: Middle =
    Middle { back: 4, set: Set::Token, length: 36..=48, fits: |all| &all[4..6] == b"Q~" };

/// A token of a Telegram bot, around `:AA`.
pub(super) const TELEGRAM: Middle = Middle {
    back: 12,
    set: Set::Path,
    length: 40..=60,
    fits: |all| all.iter().take(8).all(u8::is_ascii_digit) && all.contains(&b':'),
};

/// A key of Mailchimp, before `-us`.
pub(super) const MAILCHIMP: Middle = Middle {
    back: 32,
    set: Set::Word,
    length: 36..=38,
    fits: |all| all[..32].iter().all(|&byte| bytes::is(byte, Set::Hex)),
};

/// Where the secret of `shape` that stands at `at` ends, if one does.
pub(super) fn end(shape: &Shape, text: &[u8], at: usize) -> Option<usize> {
    if !text[at..].starts_with(shape.prefix.as_bytes()) {
        return None;
    }
    // Within a longer word it is something else; a path or a URL may stand before it.
    let glued = bytes::before(text, at).is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if glued && !after_escape(text, at) {
        return None;
    }
    let body = at + shape.prefix.len();
    let end = bytes::short_run(text, body, shape.set);
    let found = &text[body..end];
    let enough = found.len() >= shape.min && (shape.set != Set::Upper || found.len() <= shape.min + 24);
    let certificate = found.starts_with(b"BDRVJUSUZJQ0") && shape.prefix.starts_with("LS0");
    let wordy = matches!(shape.set, Set::Word | Set::Alnum | Set::Dotted | Set::Path | Set::Token)
        && !bytes::is_mixed(found)
        && bytes::restlessness(found) < 12;
    (enough && !certificate && !wordy).then(|| bytes::run(text, end, shape.set))
}

/// `\n`, `\t`, `%3D`, `u003d`: what looks like the end of a word is an escape.
fn after_escape(text: &[u8], at: usize) -> bool {
    let head = &text[at.saturating_sub(6)..at];
    let percent = head.len() >= 3 && head[head.len() - 3] == b'%' && is_hex(&head[head.len() - 2..]);
    let simple =
        head.len() >= 2 && head[head.len() - 2] == b'\\' && head[head.len() - 1].is_ascii_alphabetic();
    let unicode = head.len() == 6 && head.starts_with(b"\\u") && is_hex(&head[2..]);
    percent || simple || unicode
}

fn is_hex(bytes: &[u8]) -> bool {
    bytes.iter().all(u8::is_ascii_hexdigit)
}
