export default {
  distDir: "dist",
  // The folder of this file, even where another lock file is further up.
  turbopack: { root: import.meta.dirname },
  outputFileTracingRoot: import.meta.dirname,
  output: "standalone",
};
