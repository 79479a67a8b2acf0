// The provider's side. It posts Ready in the way of the peer that embeds it, which the path names.
import(`/0/form-${location.pathname.split("/")[1]}.js`);
