//! Queries of metrics and logs, which stand where a command would: they look only.

use std::sync::LazyLock;

use regex::Regex;

static QUERY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let calls = "sum|avg|min|max|count|topk|bottomk|quantile|stddev|rate|irate|increase|delta|idelta|deriv|\
                 histogram_quantile|predict_linear|changes|resets|absent|absent_over_time|avg_over_time|\
                 max_over_time|min_over_time|sum_over_time|count_over_time|bytes_over_time|label_replace|\
                 label_join|abs|ceil|floor|clamp_max|clamp_min|sort|sort_desc|time|vector|scalar|group|count_values";
    Regex::new(&format!(
        r#"(?x)^(?:
            -? \(* (?:{calls}) \s* (?:(?:by|without) \s* \([^()]*\) \s*)? \(   # PromQL: a call
          | \(* [a-zA-Z_:][a-zA-Z0-9_:]* \{{ [^;]* \}}                          # a selector
          | [a-z_:][a-z0-9_:]*_(?:seconds|bytes|total|count|sum|bucket|ratio|info|p\d+)(?:\w*)$   # a metric
          | \{{ \s* [a-zA-Z_]\w* \s* (?:=|!=|=~|!~) \s* ["`]                   # LogQL
          | (?:index|sourcetype|source|host) = \S+ (?:\s|$)                 # Splunk
        )"#
    ))
    .ok()
});

/// Whether `text` is a query rather than a command of a shell.
pub fn is_query(text: &str) -> bool {
    let harmless = !text.contains(';') && !text.contains("$(") && !text.contains("&&");
    harmless && QUERY.as_ref().is_some_and(|query| query.is_match(text.trim()))
}

/// Whether brackets and quotation marks are closed.
pub fn is_balanced(text: &str) -> bool {
    let mut open: Vec<char> = Vec::new();
    let mut quote: Option<char> = None;
    let mut escaped = false;
    for c in text.chars() {
        if std::mem::take(&mut escaped) {
            continue;
        }
        match (quote, c) {
            (Some('"' | '\''), '\\') => escaped = true,
            (Some(mark), c) if mark == c => quote = None,
            (None, '"' | '\'' | '`') => quote = Some(c),
            (None, '(') => open.push(')'),
            (None, '[') => open.push(']'),
            (None, '{') => open.push('}'),
            (None, ')' | ']' | '}') if open.pop() != Some(c) => return false,
            _ => {}
        }
    }
    open.is_empty() && quote.is_none()
}
