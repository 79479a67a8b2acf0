//! The names between a wasm module and its script, which wasm-opt makes short in the module and
//! which then have to be the same in the script.

use std::collections::HashMap;

use anyhow::{Context, Result};
use serde_json::Value;

/// Which long name became which short one.
pub(crate) struct ShortNames(HashMap<String, String>);

impl ShortNames {
    /// Reads what `wasm-opt --minify-imports-and-exports-and-modules` prints.
    pub(crate) fn read(json: &str) -> Result<Self> {
        let json: Value = serde_json::from_str(json).context("wasm-opt printed no JSON")?;
        let lists = ["imports", "exports"].map(|list| json[list].as_array());
        let mut names = HashMap::new();
        for entry in lists.into_iter().flatten().flatten() {
            let words: Vec<&str> = entry.as_array().map_or_else(Vec::new, |words| {
                words.iter().filter_map(Value::as_str).collect()
            });
            let [.., long, short] = words[..] else {
                anyhow::bail!("wasm-opt printed a pair of names that is none: {entry}");
            };
            names.insert(long.to_owned(), short.to_owned());
        }
        Ok(Self(names))
    }

    /// The script with the short names: where it names an export (`wasm.name`) or an import
    /// (`name: function`).
    pub(crate) fn apply(&self, script: &str) -> String {
        let script = with_short_module(script);
        let mut out = String::with_capacity(script.len());
        let mut rest = script.as_str();
        while let Some(start) = rest.find(is_word) {
            let (before, word) = rest.split_at(start);
            out.push_str(before);
            let (word, after) = word.split_at(word.find(|c| !is_word(c)).unwrap_or(word.len()));
            let named = out.ends_with("wasm.") || after.starts_with(": function");
            let short = self.0.get(word).filter(|_| named);
            out.push_str(short.map_or(word, String::as_str));
            rest = after;
        }
        out + rest
    }
}

/// The script with wasm-opt's name for the one module of all imports: `a`.
fn with_short_module(script: &str) -> String {
    let after = "_bg.js\": import0";
    let Some((before, rest)) = script.split_once(after) else {
        return script.to_owned();
    };
    match before.rsplit_once('"') {
        Some((start, _)) => format!("{start}a: import0{rest}"),
        None => script.to_owned(),
    }
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '$')
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRINTED: &str = r#"{
        "imports": [["./pantoken_element_bg.js", "__wbg_text_52", "b"]],
        "exports": [["memory", "va"], ["formhandle_new", "xa"], ["invoke_h1", "Ca"], ["invoke_h1_6", "Da"]]
    }"#;

    #[test]
    fn a_script_names_what_the_module_names() {
        let names = ShortNames::read(PRINTED).unwrap();
        let script = "const import0 = { __wbg_text_52: function(a) { return a.text(); } };\n\
            return { \"./pantoken_element_bg.js\": import0 };\n\
            function invoke_h1_6() { wasm.invoke_h1_6(wasm.memory.buffer); }\n\
            const memory = wasm.formhandle_new(wasm.invoke_h1);";
        assert_eq!(
            names.apply(script),
            "const import0 = { b: function(a) { return a.text(); } };\n\
            return { a: import0 };\n\
            function invoke_h1_6() { wasm.Da(wasm.va.buffer); }\n\
            const memory = wasm.xa(wasm.Ca);"
        );
    }

    #[test]
    fn what_is_no_list_of_names_is_refused() {
        assert!(ShortNames::read("no names").is_err());
        assert!(ShortNames::read(r#"{"exports": [["memory"]]}"#).is_err());
    }
}
