export default {
  oxc: { jsx: { runtime: "automatic" } },
  optimizeDeps: { exclude: ["pantoken"] },
};
