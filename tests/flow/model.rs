//! What leaves this host, what it cost, what the model thinks: at the four sizes, in English and in Chinese, in ASCII.

use sevdeck::app::App;
use sevdeck::app::ui::View;

use crate::flow::sample::model;
use crate::flow::views::{Named, SIZES, at, document, shown};

const VIEWS: [Named; 6] = [
    ("model_asking", |app| {
        model::asking(app);
        document(app, View::Request);
    }),
    ("model_request", |app| {
        model::with_model(app);
        document(app, View::Request);
    }),
    ("model_request_resumed", |app| {
        model::resumed(app);
        document(app, View::Request);
    }),
    ("model_calls", |app| {
        model::calls(app);
        document(app, View::Calls);
    }),
    ("model_thinking", |app| {
        model::thinking(app);
        document(app, View::Thoughts);
    }),
    ("model_none", |app: &mut App| document(app, View::Request)),
];

#[test]
fn what_the_model_is_asked_and_answers_at_every_size_in_both_languages() {
    for (name, view) in VIEWS {
        for (language, chinese) in [("en", false), ("zh", true)] {
            let screens = SIZES.map(|size| {
                let text = shown(&at(view, chinese, size), size, false);
                format!("── {}x{} ──\n{text}", size.0, size.1)
            });
            insta::assert_snapshot!(format!("{name}_{language}"), screens.join("\n"));
        }
        let screens = SIZES.map(|size| {
            let text = shown(&at(view, false, size), size, true);
            assert!(text.is_ascii(), "{name} {size:?}");
            assert!(shown(&at(view, true, size), size, true).is_ascii(), "{name} {size:?}");
            format!("-- {}x{} --\n{text}", size.0, size.1)
        });
        insta::assert_snapshot!(format!("{name}_ascii"), screens[2..].join("\n"));
    }
}
