import { createApp } from "vue";
import Card from "./Card.vue";

createApp(Card).mount("#app");
