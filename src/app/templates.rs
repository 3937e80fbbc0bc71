//! The list of templates: its order, which stands still while counts move, and what a few letters find in it.

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::log::digest::{Digest, TemplateDigest};

/// How the list is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// Worst level first, the most frequent of a level first.
    #[default]
    Level,
    /// Most frequent first.
    Count,
    /// First seen latest first.
    Newest,
    /// Least frequent first.
    Rarest,
}

impl Sort {
    /// The next one.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Level => Self::Count,
            Self::Count => Self::Newest,
            Self::Newest => Self::Rarest,
            Self::Rarest => Self::Level,
        }
    }

    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Level => "worst first",
            Self::Count => "most frequent first",
            Self::Newest => "newest first",
            Self::Rarest => "rarest first",
        }
    }
}

/// The list of templates as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TemplateList {
    /// Letters to find one by.
    pub query: String,
    /// Id of the one under the cursor; absent or not found: the first.
    pub selected: Option<String>,
    /// How it was sorted.
    pub sort: Sort,
    /// Ids in the order of the last sorting. Counts that move leave it alone.
    pub order: Vec<String>,
}

impl TemplateList {
    /// A list sorted by what is known now.
    pub fn sorted(digest: &Digest, sort: Sort, query: String) -> Self {
        let mut all: Vec<&TemplateDigest> = digest.templates.iter().collect();
        match sort {
            Sort::Level => all.sort_by_key(|one| (Reverse(one.level), Reverse(one.count))),
            Sort::Count => all.sort_by_key(|one| Reverse(one.count)),
            Sort::Newest => all.sort_by_key(|one| Reverse(one.first)),
            Sort::Rarest => all.sort_by_key(|one| (one.count, Reverse(one.level))),
        }
        let order = all.into_iter().map(|one| one.id.clone()).collect();
        Self { query, selected: None, sort, order }
    }

    /// The templates that the letters find, in the order of the list. Every word of the letters must be there.
    pub fn found<'a>(&self, digest: &'a Digest) -> Vec<&'a TemplateDigest> {
        let words: Vec<String> = self.query.split_whitespace().map(str::to_lowercase).collect();
        let holds = |one: &TemplateDigest| {
            let level = one.level.map_or("", crate::incident::Level::name);
            let text = format!("{} {level}", one.text).to_lowercase();
            words.iter().all(|word| text.contains(word))
        };
        let known: HashMap<&str, &TemplateDigest> =
            digest.templates.iter().map(|one| (one.id.as_str(), one)).collect();
        let listed = self.order.iter().filter_map(|id| known.get(id.as_str()).copied());
        listed.filter(|one| holds(one)).collect()
    }

    /// Row of the one under the cursor.
    pub fn row(&self, found: &[&TemplateDigest]) -> usize {
        let selected = self.selected.as_deref();
        found.iter().position(|one| Some(one.id.as_str()) == selected).unwrap_or(0)
    }

    /// Templates known now that the list does not hold yet.
    pub fn unlisted(&self, digest: &Digest) -> usize {
        digest.templates.iter().filter(|one| !self.order.contains(&one.id)).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::{Level, Quote};

    fn template(id: &str, level: Option<Level>, count: u64, first: i64) -> TemplateDigest {
        TemplateDigest {
            id: id.into(),
            text: format!("text of {id} <*>"),
            level,
            count,
            first: jiff::Timestamp::from_second(first).ok(),
            last: None,
            trend: Vec::new(),
            example: Quote::default(),
            newest: Quote::default(),
        }
    }

    fn digest() -> Digest {
        let templates = vec![
            template("a", Some(Level::Info), 900, 10),
            template("b", Some(Level::Error), 7, 30),
            template("c", None, 1, 20),
            template("d", Some(Level::Error), 70, 5),
        ];
        Digest { templates, ..Digest::default() }
    }

    fn ids(list: &TemplateList, digest: &Digest) -> String {
        list.found(digest).iter().map(|one| one.id.as_str()).collect()
    }

    #[test]
    fn each_order_puts_first_what_it_says() {
        let digest = digest();
        for (sort, expected) in
            [(Sort::Level, "dbac"), (Sort::Count, "adbc"), (Sort::Newest, "bcad"), (Sort::Rarest, "cbda")]
        {
            assert_eq!(
                ids(&TemplateList::sorted(&digest, sort, String::new()), &digest),
                expected,
                "{sort:?}"
            );
        }
    }

    #[test]
    fn rows_stand_still_while_counts_move() {
        let mut digest = digest();
        let list = TemplateList::sorted(&digest, Sort::Count, String::new());
        digest.templates[2].count = 5000;
        digest.templates.insert(0, template("new", Some(Level::Fatal), 9000, 99));
        assert_eq!(ids(&list, &digest), "adbc");
        assert_eq!(list.unlisted(&digest), 1);
        assert_eq!(ids(&TemplateList::sorted(&digest, Sort::Count, String::new()), &digest), "newcadb");
    }

    #[test]
    fn letters_find_words_in_any_order_and_levels() {
        let digest = digest();
        let find = |query: &str| ids(&TemplateList::sorted(&digest, Sort::Level, query.into()), &digest);
        assert_eq!(find("OF text b"), "b");
        assert_eq!(find("error"), "db");
        assert_eq!(find("nothing"), "");
    }
}
