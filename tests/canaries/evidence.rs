use std::fs;
use std::path::Path;
use std::sync::Mutex;

use crate::canary::Canary;

/// Everything that a run leaves or prints, with its place.
#[derive(Default)]
pub(crate) struct Evidence(Mutex<Vec<(String, Vec<u8>)>>);

impl Evidence {
    pub(crate) fn add(&self, place: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        self.0.lock().unwrap().push((place.into(), bytes.into()));
    }

    /// Adds every file in the folder and below. Files that disappear meanwhile are skipped.
    pub(crate) fn add_files(&self, place: &str, folder: &Path) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                self.add_files(place, &path);
            } else if let Ok(bytes) = fs::read(&path) {
                self.add(format!("{place} {}", path.display()), bytes);
            }
        }
    }

    /// Returns the places that contain a canary.
    pub(crate) fn places_of(&self, canary: &Canary) -> Vec<String> {
        let all = self.0.lock().unwrap();
        let places = all
            .iter()
            .filter(|(_, bytes)| canary.find_in(bytes).is_some());
        places.map(|(place, _)| place.clone()).collect()
    }

    /// Asserts that a canary is in each of these places and nowhere else. Places are matched by prefix.
    #[track_caller]
    pub(crate) fn is_only_in(&self, canary: &Canary, allowed: &[&str]) {
        let places = self.places_of(canary);
        for place in &places {
            let fine = allowed.iter().any(|start| place.starts_with(start));
            assert!(fine, "{} is in: {place}", canary.name);
        }
        for start in allowed {
            let found = places.iter().any(|place| place.starts_with(start));
            assert!(found, "{} should be in: {start}", canary.name);
        }
    }

    /// Asserts that there is evidence from this place.
    #[track_caller]
    pub(crate) fn has(&self, start: &str) {
        let all = self.0.lock().unwrap();
        let mut found = all.iter().filter(|(place, _)| place.starts_with(start));
        assert!(
            found.any(|(_, bytes)| !bytes.is_empty()),
            "nothing from: {start}"
        );
    }
}
