//! The images of deploy/Dockerfile, each for all platforms in one archive of an OCI image layout, which `docker load`,
//! Podman and Skopeo read. No daemon is needed, and the same commit gives the same bytes.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fs_err as fs;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::archive;
use super::dockerfile::{self, Copied, Stage};
use super::release::{Platform, Release};

/// The stage of each image, and the image's name.
pub(super) const IMAGES: [(&str, &str); 2] =
    [("pantoken", "pantoken"), ("sandbox", "pantoken-sandbox")];

const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";

pub(super) fn assemble(release: &Release, (stage, name): (&str, &str)) -> Result<()> {
    let dockerfile = release.workspace.root().join("deploy/Dockerfile");
    let stage = dockerfile::stage(&fs::read_to_string(dockerfile)?, stage)?;
    let layout = Layout::create(release, name)?;
    let mut manifests = Vec::new();
    for platform in &release.platforms {
        let mut descriptor = layout.manifest(&stage, platform)?;
        descriptor["platform"] = json!({ "os": "linux", "architecture": platform.processor });
        manifests.push(descriptor);
    }
    let all = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": manifests });
    let mut all = layout.document(INDEX, &all)?;
    all["annotations"] = json!({
        "org.opencontainers.image.ref.name": Release::VERSION,
        // The name that `docker load` gives it.
        "io.containerd.image.name": format!("docker.io/library/{name}:{}", Release::VERSION),
    });
    let index = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": [all] });
    fs::write(layout.folder.join("index.json"), index.to_string())?;
    fs::write(
        layout.folder.join("oci-layout"),
        json!({ "imageLayoutVersion": "1.0.0" }).to_string(),
    )?;
    let tar = archive::tar(&layout.folder, &names(&layout.folder)?, 0, &release.time)?;
    Ok(fs::write(release.image(name), tar)?)
}

/// The folder of an image layout.
struct Layout<'a> {
    release: &'a Release,
    folder: PathBuf,
}

impl<'a> Layout<'a> {
    fn create(release: &'a Release, name: &str) -> Result<Self> {
        let folder = release.workspace.scratch("dist/images")?.join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(folder.join("blobs/sha256"))?;
        Ok(Self { release, folder })
    }

    /// Writes a platform's image, with a layer for each COPY as Docker makes it.
    fn manifest(&self, stage: &Stage, platform: &Platform) -> Result<Value> {
        let (mut layers, mut contents) = (Vec::new(), Vec::new());
        for copied in &stage.copies {
            let tar = self.layer(copied, platform)?;
            contents.push(format!("sha256:{}", digest(&tar)));
            layers.push(self.blob(LAYER, &archive::gzip(&tar)?)?);
        }
        let config = json!({
            "created": self.release.created, "os": "linux", "architecture": platform.processor,
            "config": stage.config, "rootfs": { "type": "layers", "diff_ids": contents },
        });
        let config = self.document(CONFIG, &config)?;
        let annotations = json!({
            "org.opencontainers.image.version": Release::VERSION,
            "org.opencontainers.image.source": env!("CARGO_PKG_REPOSITORY"),
            "org.opencontainers.image.licenses": env!("CARGO_PKG_LICENSE"),
        });
        let manifest = json!({
            "schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers,
            "annotations": annotations,
        });
        self.document(MANIFEST, &manifest)
    }

    fn layer(&self, copied: &Copied, platform: &Platform) -> Result<Vec<u8>> {
        let root = tempfile::tempdir()?;
        let destination = root.path().join(copied.destination.trim_start_matches('/'));
        for source in &copied.sources {
            self.put(source, &destination, platform)?;
        }
        archive::tar(
            root.path(),
            &names(root.path())?,
            copied.owner,
            &self.release.time,
        )
    }

    /// Copies a file of the Dockerfile's first stage.
    fn put(&self, source: &str, destination: &Path, platform: &Platform) -> Result<()> {
        fs::create_dir_all(destination)?;
        let name = Path::new(source).file_name().context("a file has a name")?;
        match source {
            "/data" => {}
            "/etc/ssl/certs/ca-certificates.crt" => {
                fs::write(destination.join(name), certificates()?)?;
            }
            _ => match source.strip_prefix("/release/") {
                Some(file) => {
                    let file = self.release.staged(platform)?.join(file);
                    fs::copy(file, destination.join(name))?;
                }
                None => bail!("xtask/src/dist/image.rs does not know where {source} comes from"),
            },
        }
        Ok(())
    }

    fn document(&self, media_type: &str, document: &Value) -> Result<Value> {
        self.blob(media_type, document.to_string().as_bytes())
    }

    /// Writes the bytes, and returns the descriptor that names them.
    fn blob(&self, media_type: &str, bytes: &[u8]) -> Result<Value> {
        let digest = digest(bytes);
        fs::write(self.folder.join("blobs/sha256").join(&digest), bytes)?;
        Ok(json!({
            "mediaType": media_type, "digest": format!("sha256:{digest}"), "size": bytes.len(),
        }))
    }
}

fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Returns the names in a folder.
fn names(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().into_string().ok();
        names.push(name.context("a file has a name in UTF-8")?);
    }
    names.sort();
    Ok(names)
}

/// Returns Mozilla's root certificates in PEM, in the version of Cargo.lock: those of the machine that builds would differ
/// from one machine to the next.
fn certificates() -> Result<String> {
    let mut pem = String::new();
    for certificate in webpki_root_certs::TLS_SERVER_ROOT_CERTS {
        pem += "-----BEGIN CERTIFICATE-----\n";
        let text = STANDARD.encode(certificate);
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let (line, more) = rest.split_at(rest.len().min(64));
            writeln!(pem, "{line}")?;
            rest = more;
        }
        pem += "-----END CERTIFICATE-----\n";
    }
    Ok(pem)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dist::release::tests::release_of_names;

    /// Reads what a descriptor names, and checks its size and its digest.
    fn blob(layout: &Path, descriptor: &Value) -> Vec<u8> {
        let name = descriptor["digest"].as_str().unwrap();
        let bytes = fs::read(layout.join("blobs").join(name.replace(':', "/"))).unwrap();
        assert_eq!(name, format!("sha256:{}", digest(&bytes)));
        assert_eq!(descriptor["size"], bytes.len());
        bytes
    }

    fn document(layout: &Path, descriptor: &Value) -> Value {
        serde_json::from_slice(&blob(layout, descriptor)).unwrap()
    }

    #[test]
    fn an_image_leads_from_its_index_to_the_files_of_each_processor() {
        let folder = tempfile::tempdir().unwrap();
        let release = release_of_names(folder.path());
        assemble(&release, IMAGES[0]).unwrap();
        let layout = release.workspace.target().join("dist/images/pantoken");
        let index = fs::read(layout.join("index.json")).unwrap();
        let index: Value = serde_json::from_slice(&index).unwrap();
        let all = document(&layout, &index["manifests"][0]);
        let manifests = all["manifests"].as_array().unwrap();
        let processors = manifests.iter().map(|it| &it["platform"]["architecture"]);
        assert_eq!(processors.collect::<Vec<_>>(), ["amd64", "arm64"]);
        for descriptor in manifests {
            let manifest = document(&layout, descriptor);
            let config = document(&layout, &manifest["config"]);
            assert_eq!(
                config["architecture"],
                descriptor["platform"]["architecture"]
            );
            assert_eq!(config["config"]["User"], "65532:65532");
            let layers = manifest["layers"].as_array().unwrap();
            let contents = config["rootfs"]["diff_ids"].as_array().unwrap();
            assert_eq!((layers.len(), contents.len()), (4, 4));
            for (layer, content) in layers.iter().zip(contents) {
                let file = folder.path().join("layer.gz");
                fs::write(&file, blob(&layout, layer)).unwrap();
                let mut gunzip = std::process::Command::new("gunzip");
                let tar = gunzip.arg("--stdout").arg(file).output().unwrap().stdout;
                assert_eq!(*content, format!("sha256:{}", digest(&tar)));
            }
        }
    }

    #[test]
    fn the_same_files_make_the_same_image() {
        let [first, second] = [(); 2].map(|()| {
            let folder = tempfile::tempdir().unwrap();
            let release = release_of_names(folder.path());
            assemble(&release, IMAGES[1]).unwrap();
            fs::read(release.image("pantoken-sandbox")).unwrap()
        });
        assert!(first == second);
    }

    #[test]
    fn the_root_certificates_are_in_pem() {
        let pem = certificates().unwrap();
        let first = "-----BEGIN CERTIFICATE-----\n";
        assert!(pem.starts_with(first) && pem.matches(first).count() > 100);
        assert!(pem.lines().all(|line| line.len() <= 64));
        let (_, rest) = pem.split_once(first).unwrap();
        let (body, _) = rest.split_once("-----END").unwrap();
        let der = STANDARD.decode(body.replace('\n', "")).unwrap();
        assert_eq!(der, webpki_root_certs::TLS_SERVER_ROOT_CERTS[0].as_ref());
    }
}
