import vue from "@vitejs/plugin-vue";

const isCustomElement = (tag) => tag === "pantoken-form";

export default {
  plugins: [vue({ template: { compilerOptions: { isCustomElement } } })],
  optimizeDeps: { exclude: ["pantoken"] },
};
