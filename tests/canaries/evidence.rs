use std::fs;
use std::path::Path;
use std::sync::Mutex;

use crate::canary::Canary;

/// Everything that a run leaves or says, each with the place where it was found.
#[derive(Default)]
pub(crate) struct Evidence(Mutex<Vec<(String, Vec<u8>)>>);

impl Evidence {
    pub(crate) fn add(&self, place: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        self.0.lock().unwrap().push((place.into(), bytes.into()));
    }

    /// Every file in the folder and below it, some of which may just go.
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

    /// The places that a canary is in.
    pub(crate) fn places_of(&self, canary: &Canary) -> Vec<String> {
        let all = self.0.lock().unwrap();
        let places = all
            .iter()
            .filter(|(_, bytes)| canary.find_in(bytes).is_some());
        places.map(|(place, _)| place.clone()).collect()
    }

    /// Fails where a canary is in any place that does not start with one of these, or in none of them.
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

    /// The places with this start are there, so that they were searched.
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
