//! What SQL does: by the first word of each statement, and by the functions it calls.

use crate::analyst::command::effect::Effect;

/// Statements that only look.
const LOOKS: [&str; 13] = [
    "select", "show", "explain", "describe", "desc", "with", "values", "table", "use", "begin", "rollback",
    "commit", "pragma",
];

/// Statements that take data away.
const DESTROYS: [&str; 2] = ["drop", "truncate"];

/// Statements that change something.
const CHANGES: [&str; 28] = [
    "insert",
    "update",
    "delete",
    "alter",
    "create",
    "grant",
    "revoke",
    "vacuum",
    "reindex",
    "analyze",
    "cluster",
    "call",
    "merge",
    "replace",
    "reset",
    "copy",
    "lock",
    "kill",
    "flush",
    "optimize",
    "refresh",
    "rename",
    "load",
    "checkpoint",
    "do",
    "exec",
    "execute",
    "upsert",
];

/// Functions and clauses by which a query changes something.
const ACTING: [&str; 17] = [
    "pg_terminate_backend",
    "pg_cancel_backend",
    "pg_reload_conf",
    "pg_rotate_logfile",
    "pg_switch_wal",
    "pg_create_",
    "pg_promote",
    "setval",
    "nextval",
    "set_config",
    "lo_import",
    "lo_unlink",
    "pg_advisory_lock",
    "dblink_exec",
    "for update",
    "into outfile",
    "into dumpfile",
];

/// Functions that take data away.
const DESTROYING: [&str; 2] = ["pg_drop_", "lo_unlink"];

/// The effect of a text that is SQL by its first word; nothing where it is not.
pub(super) fn statement(text: &str) -> Option<Effect> {
    let mut words = text.split_whitespace();
    let first = words.next()?.to_ascii_lowercase();
    let second = words.next().unwrap_or("").to_ascii_lowercase();
    let of_sql = match first.as_str() {
        "select" | "truncate" | "drop" | "insert" | "delete" | "alter" | "explain" | "describe"
        | "vacuum" | "reindex" | "grant" | "revoke" | "merge" => true,
        "show" => !second.starts_with('-'),
        "update" => text.to_ascii_lowercase().contains(" set "),
        "create" => {
            ["table", "index", "unique", "database", "user", "role", "view"].contains(&second.as_str())
        }
        "with" => text.to_ascii_lowercase().contains("select"),
        // `truncate -s 0 file` is a program.
        _ => false,
    };
    let flagged = second.starts_with('-') && !second.starts_with("--");
    (of_sql && !flagged).then(|| effect(text))
}

/// What the statements of `sql` do: the gravest counts.
pub(super) fn effect(sql: &str) -> Effect {
    if sql.contains("/*!") {
        // A comment that MySQL runs.
        return Effect::Unknown;
    }
    let plain = blank_strings(sql).to_ascii_lowercase();
    let statements = plain.split(';').map(str::trim).filter(|statement| !statement.is_empty());
    statements.map(of_statement).max().unwrap_or(Effect::Unknown)
}

fn of_statement(statement: &str) -> Effect {
    if let Some(meta) = statement.strip_prefix('\\') {
        // Commands of psql: `\d`, `\l`, `\x` look, `\!` runs a program, `\copy` and `\i` read and write files.
        let looks = ["d", "l", "x", "timing", "conninfo", "pset", "s", "z", "echo", "watch"];
        let name: String = meta.chars().take_while(char::is_ascii_alphabetic).collect();
        let known = looks.contains(&name.as_str()) || name.starts_with('d');
        return if known { Effect::Reads } else { Effect::Changes };
    }
    let first: String =
        statement.trim_start_matches('(').chars().take_while(char::is_ascii_alphabetic).collect();
    let word = |wanted: &str| {
        statement.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).any(|word| word == wanted)
    };
    let holds = |list: &[&str]| list.iter().any(|part| statement.contains(part));
    if DESTROYS.contains(&first.as_str()) || holds(&DESTROYING) {
        return Effect::Destroys;
    }
    if first == "delete" && !word("where") {
        return Effect::Destroys;
    }
    if CHANGES.contains(&first.as_str()) || holds(&ACTING) {
        return Effect::Changes;
    }
    if first == "set" {
        // A setting of the session ends with it.
        let lasting = ["global", "persist", "persist_only", "password"];
        return if lasting.iter().any(|scope| word(scope)) { Effect::Changes } else { Effect::Reads };
    }
    if !LOOKS.contains(&first.as_str()) {
        return Effect::Unknown;
    }
    let writes = ["insert", "update", "delete", "merge"];
    let nested = match first.as_str() {
        "with" => writes.iter().any(|write| word(write)),
        // An explained statement is run where it is measured.
        "explain" => word("analyze") && writes.iter().any(|write| word(write)),
        "select" => word("into"),
        "pragma" => statement.contains('='),
        _ => false,
    };
    if nested { Effect::Changes } else { Effect::Reads }
}

/// The text with what stands in quotation marks and comments blanked: words in them are no keywords.
fn blank_strings(sql: &str) -> String {
    let mut out = String::with_capacity(sql.len());
    let mut chars = sql.chars().peekable();
    let mut quote: Option<char> = None;
    while let Some(c) = chars.next() {
        match quote {
            Some(mark) if c == mark => {
                quote = None;
                out.push(' ');
            }
            Some(_) => {}
            None if matches!(c, '\'' | '"' | '`') => quote = Some(c),
            None if c == '-' && chars.peek() == Some(&'-') => {
                while chars.next_if(|c| *c != '\n').is_some() {}
            }
            None if c == '/' && chars.peek() == Some(&'*') => {
                chars.next();
                let mut before = ' ';
                for c in chars.by_ref() {
                    if before == '*' && c == '/' {
                        break;
                    }
                    before = c;
                }
                out.push(' ');
            }
            None => out.push(c),
        }
    }
    out
}
