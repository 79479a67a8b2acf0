/// Returns a PDF file of one page with these lines. They are ASCII; anything else becomes a question mark.
pub(super) fn page(lines: &[String]) -> Vec<u8> {
    let text: Vec<String> = lines
        .iter()
        .map(|line| format!("({}) '", escaped(line)))
        .collect();
    let content = format!("BT /F1 12 Tf 14 TL 56 780 Td {} ET", text.join(" "));
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!(
            "<< /Length {} >>\nstream\n{content}\nendstream",
            content.len()
        ),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut file = "%PDF-1.4\n".to_owned();
    let mut table = "0000000000 65535 f \n".to_owned();
    for (index, object) in objects.iter().enumerate() {
        table.push_str(&format!("{:010} 00000 n \n", file.len()));
        file.push_str(&format!("{} 0 obj\n{object}\nendobj\n", index + 1));
    }
    let size = objects.len() + 1;
    let start = file.len();
    file.push_str(&format!("xref\n0 {size}\n{table}"));
    file.push_str(&format!(
        "trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    ));
    file.into_bytes()
}

fn escaped(line: &str) -> String {
    let mut escaped = String::new();
    for character in line.chars() {
        match character {
            '(' | ')' | '\\' => escaped.extend(['\\', character]),
            ' '..='~' => escaped.push(character),
            _ => escaped.push('?'),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_says_where_each_object_is() {
        let file = String::from_utf8(page(&["a (b)".to_owned(), "я".to_owned()])).unwrap();
        let start = file.rsplit("startxref\n").next().unwrap();
        let start: usize = start.lines().next().unwrap().parse().unwrap();
        let table = file[start..].lines().skip(3).take(5);
        for (index, line) in table.enumerate() {
            let offset: usize = line[..10].parse().unwrap();
            let object = format!("{} 0 obj", index + 1);
            assert!(file[offset..].starts_with(&object), "{line}");
        }
        assert!(file.contains("(a \\(b\\)) ' (?) '"), "{file}");
    }
}
