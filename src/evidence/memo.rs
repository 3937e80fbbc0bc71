//! Answers that depend on a text alone, kept from one revision to the next: most of what an analyst reads it has read
//! a second ago.

use std::collections::HashMap;
use std::sync::Arc;

/// Answers by text. What a whole revision did not ask for is forgotten, so that it holds no more than one revision
/// needs: what is in the case file bounds it.
#[derive(Debug, Clone)]
pub struct Memo<V> {
    known: HashMap<Arc<str>, (V, u64)>,
    revision: u64,
}

impl<V> Default for Memo<V> {
    fn default() -> Self {
        Self { known: HashMap::new(), revision: 0 }
    }
}

impl<V: Clone> Memo<V> {
    /// The answer for `text`; `find` is a pure function of the text, and asked once.
    pub fn get(&mut self, text: &str, find: impl FnOnce(&Arc<str>) -> V) -> V {
        if let Some((answer, used)) = self.known.get_mut(text) {
            *used = self.revision;
            return answer.clone();
        }
        let text: Arc<str> = text.into();
        let answer = find(&text);
        self.known.insert(text, (answer.clone(), self.revision));
        answer
    }

    /// Ends a revision: forgets what it did not ask for.
    pub fn turn(&mut self) {
        let revision = self.revision;
        self.known.retain(|_, (_, used)| *used == revision);
        self.known.shrink_to(2 * self.known.len());
        self.revision += 1;
    }

    /// Texts whose answers are kept.
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// Whether nothing is kept.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::Memo;

    #[test]
    fn what_was_asked_for_in_this_revision_is_kept() {
        let mut memo = Memo::default();
        let mut asked = 0;
        for (texts, len) in [(["a", "b", "a"], 2), (["a", "a", "c"], 2), (["c", "c", "c"], 1)] {
            for text in texts {
                let answer = memo.get(text, |text| {
                    asked += 1;
                    text.to_uppercase()
                });
                assert_eq!(answer, text.to_uppercase());
            }
            memo.turn();
            assert_eq!(memo.len(), len);
        }
        assert_eq!(asked, 3, "each text once");
    }
}
