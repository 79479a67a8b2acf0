export default defineNuxtConfig({
  compatibilityDate: "2026-11-01",
  telemetry: false,
  app: { head: { title: "Card for payouts", htmlAttrs: { lang: "en" } } },
  nitro: { output: { dir: "dist" } },
  vite: { optimizeDeps: { exclude: ["pantoken"] } },
});
