//! Made-up secrets of known shapes, put together at run time from a seed, so that none stands in this text.

/// A seeded source of chance (splitmix64).
pub(super) struct Dice(u64);

const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const DIGITS: &str = "0123456789";
const HEX: &str = "0123456789abcdef";

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(super) fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    fn pick<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }

    fn of(&mut self, letters: &str, length: usize) -> String {
        let letters = letters.as_bytes();
        (0..length).map(|_| letters[self.below(letters.len())] as char).collect()
    }

    fn alnum(&mut self, length: usize) -> String {
        self.of(&format!("{UPPER}{LOWER}{DIGITS}"), length)
    }

    fn word(&mut self, length: usize) -> String {
        self.of(&format!("{UPPER}{LOWER}{DIGITS}_-"), length)
    }

    fn hex(&mut self, length: usize) -> String {
        self.of(HEX, length)
    }

    pub(super) fn base64(&mut self, bytes: usize) -> String {
        use base64::Engine;
        let raw: Vec<u8> = (0..bytes).map(|_| self.below(256) as u8).collect();
        base64::engine::general_purpose::STANDARD.encode(raw)
    }
}

/// The line around a private key.
pub(super) fn armour(what: &str) -> String {
    format!("-----{what} {} KEY-----", "PRIVATE")
}

type Make = fn(&mut Dice) -> String;

/// Name and maker of each shape.
pub(super) const SHAPES: &[(&str, Make)] = &[
    ("aws id", |d| format!("{}{}", d.pick(&["AKIA", "ASIA"]), d.of(&format!("{UPPER}234567"), 16))),
    ("aws secret", |d| d.of(&format!("{UPPER}{LOWER}{DIGITS}+/"), 40)),
    ("google key", |d| format!("AIza{}", d.word(35))),
    ("google token", |d| format!("ya29.{}", d.word(60))),
    ("github", |d| format!("{}_{}", d.pick(&["ghp", "gho", "ghs", "ghu", "ghr"]), d.alnum(36))),
    ("github fine", |d| format!("github_pat_{}_{}", d.alnum(22), d.alnum(59))),
    ("gitlab", |d| format!("glpat-{}", d.word(20))),
    ("slack", |d| {
        format!("xox{}-{}-{}-{}", d.pick(&["b", "p"]), d.of(DIGITS, 12), d.of(DIGITS, 12), d.alnum(24))
    }),
    ("slack hook", |d| {
        format!("hooks.slack.com/services/T{}/B{}/{}", d.of(UPPER, 8), d.of(UPPER, 8), d.alnum(24))
    }),
    ("stripe", |d| format!("{}_{}_{}", d.pick(&["sk", "rk"]), d.pick(&["live", "test"]), d.alnum(24))),
    ("openai", |d| format!("sk-proj-{}", d.word(120))),
    ("anthropic", |d| format!("sk-ant-api03-{}", d.word(95))),
    ("deepseek", |d| format!("sk-{}", d.hex(32))),
    ("hugging face", |d| format!("hf_{}", d.of(&format!("{UPPER}{LOWER}"), 34))),
    ("sendgrid", |d| format!("SG.{}.{}", d.word(22), d.word(43))),
    ("mailgun", |d| format!("key-{}", d.hex(32))),
    ("mailchimp", |d| format!("{}-us{}", d.hex(32), 1 + d.below(20))),
    ("twilio", |d| format!("SK{}", d.hex(32))),
    ("npm", |d| format!("npm_{}", d.alnum(36))),
    ("pypi", |d| format!("pypi-AgEIcHlwaS5vcmc{}", d.word(60))),
    ("docker", |d| format!("dckr_pat_{}", d.word(27))),
    ("digitalocean", |d| format!("dop_v1_{}", d.hex(64))),
    ("databricks", |d| format!("dapi{}", d.hex(32))),
    ("vault", |d| format!("hvs.{}", d.word(90))),
    ("grafana", |d| format!("glsa_{}_{}", d.alnum(32), d.hex(8))),
    ("new relic", |d| format!("NRAK-{}", d.of(&format!("{UPPER}{DIGITS}"), 27))),
    ("dynatrace", |d| {
        let set = format!("{UPPER}{DIGITS}");
        format!("dt0c01.{}.{}", d.of(&set, 24), d.of(&set, 64))
    }),
    ("telegram", |d| format!("1{}:AA{}", d.of(DIGITS, 9), d.word(33))),
    ("discord", |d| format!("M{}.{}.{}", d.alnum(23), d.alnum(6), d.word(38))),
    ("shopify", |d| format!("shpat_{}", d.hex(32))),
    ("azure storage", |d| d.base64(64)),
    ("azure client", |d| format!("{}{}Q~{}", d.alnum(3), d.below(10), d.word(34))),
    ("json web token", |d| format!("eyJ{}.eyJ{}.{}", d.word(30), d.word(50), d.word(43))),
    ("bcrypt", |d| format!("$2b$12${}", d.alnum(53))),
    ("postman", |d| format!("PMAK-{}-{}", d.hex(24), d.hex(34))),
    ("openrouter", |d| format!("sk-or-v1-{}", d.hex(64))),
    ("groq", |d| format!("gsk_{}", d.alnum(52))),
    ("linear", |d| format!("lin_api_{}", d.alnum(40))),
    ("notion", |d| format!("ntn_{}", d.alnum(46))),
    ("figma", |d| format!("figd_{}", d.word(40))),
    ("doppler", |d| format!("dp.pt.{}", d.alnum(43))),
    ("terraform cloud", |d| format!("{}.atlasv1.{}", d.alnum(14), d.word(67))),
    ("planetscale", |d| format!("pscale_tkn_{}", d.word(43))),
    ("pulumi", |d| format!("pul-{}", d.hex(40))),
    ("airtable", |d| format!("pat{}.{}", d.alnum(14), d.hex(64))),
    ("aws session", |d| format!("IQoJb3JpZ2luX2Vj{}", d.base64(150))),
    ("tailscale", |d| format!("tskey-auth-{}-{}", d.alnum(12), d.alnum(32))),
];

/// What a secret stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Carrier {
    Log,
    Json,
    Env,
    Url,
    Bare,
}

impl Carrier {
    pub(super) const ALL: [Self; 5] = [Self::Log, Self::Json, Self::Env, Self::Url, Self::Bare];

    /// A line with the secret in it.
    pub(super) fn line(self, dice: &mut Dice, secret: &str) -> String {
        let names =
            ["api_key", "clientSecret", "access_token", "SECRET_KEY", "x-api-key", "auth_token", "token"];
        let name = dice.pick(&names);
        let forms: &[&str] = match self {
            Self::Log => &[
                "2026-03-01T14:00:00Z INFO boot NAME=VALUE region=eu",
                "14:00:00.123 [main] ERROR c.a.Client - rejected NAME: VALUE",
                "Config{NAME='VALUE', timeout=30}",
                "<14>Mar  1 14:00:00 web app[7]: NAME => \"VALUE\"",
                "time=\"14:00\" level=error NAME=\"VALUE\" msg=denied",
            ],
            Self::Json => &[
                "{\"level\":\"info\",\"NAME\":\"VALUE\",\"n\":3}",
                "{\"cfg\" : {\"NAME\" : \"VALUE\"}}",
                "{\"msg\":\"{\\\"NAME\\\":\\\"VALUE\\\"}\"}",
                "{'NAME': 'VALUE', 'a': 1}",
            ],
            Self::Env => &["NAME=VALUE", "export NAME=\"VALUE\"", "  NAME: VALUE", "NAME = 'VALUE'  # prod"],
            Self::Url => &[
                "GET /v1/items?NAME=VALUE&page=2 HTTP/1.1",
                "POST https://svc.example.com:8443/hook?a=1&NAME=VALUE 401",
                "wss://h.example.com/ws?NAME=VALUE",
            ],
            Self::Bare => &[
                "VALUE",
                "found VALUE in output",
                "rejected (VALUE)",
                "arg[3]=VALUE",
                "see \"VALUE\", please",
            ],
        };
        dice.pick(forms).replace("NAME", name).replace("VALUE", secret)
    }
}
