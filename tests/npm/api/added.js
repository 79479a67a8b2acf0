// A description of the API as a later version may have it.

/** Adds an optional field to each object that has properties. */
export function addedTo(value) {
  if (Array.isArray(value)) return value.map(addedTo);
  if (typeof value != "object" || value == null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([name, field]) => [name, addedTo(field)]));
  if (value.type == "object" && value.properties) copy.properties.addedLater = { type: "string" };
  return copy;
}
