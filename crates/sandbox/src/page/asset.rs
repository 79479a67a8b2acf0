/// A file that the page loads, from beside it.
#[derive(Clone, Copy)]
pub(crate) struct Asset {
    pub(crate) path: &'static str,
    pub(crate) content_type: &'static str,
    pub(crate) text: &'static str,
}

impl Asset {
    pub(crate) const ALL: [Self; 5] = [
        Self {
            path: "/form.css",
            content_type: "text/css; charset=utf-8",
            text: include_str!("form.css"),
        },
        Self::script("/form.js", include_str!("form.js")),
        Self::script("/embedder.js", include_str!("embedder.js")),
        Self::script("/card-field.js", include_str!("card-field.js")),
        Self::script("/card-number.js", include_str!("card-number.js")),
    ];

    const fn script(path: &'static str, text: &'static str) -> Self {
        Self {
            path,
            content_type: "text/javascript; charset=utf-8",
            text,
        }
    }
}
