/** Asks the server. Returns its JSON, or null if there is none. */
export async function ask(path, body) {
  try {
    const options = body && {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    };
    return await (await fetch(path, options)).json();
  } catch {
    return null;
  }
}
