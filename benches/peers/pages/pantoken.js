import "pantoken";

export const way = "plain";

export function mount(place, url) {
  const form = document.createElement("pantoken-form");
  form.setAttribute("form-url", url);
  const ready = new Promise((resolve, reject) => {
    form.addEventListener("pantoken-ready", resolve);
    form.addEventListener("pantoken-error", ({ detail }) => reject(new Error(detail.code)));
  });
  place.append(form);
  return { ready, remove: () => form.remove() };
}
