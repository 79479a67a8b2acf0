// The provider's side: ready in the way of whoever embeds it, which the path names.
import(`/0/form-${location.pathname.split("/")[1]}.js`);
