// The element as a component for Vue 3.
import { defineComponent, h, onMounted, ref, watch } from "vue";
import { attributesOf, define, PROPERTIES, setProperties } from "./frameworks.js";

const EVENTS = ["ready", "saved", "error", "warning"];

export const PantokenForm = defineComponent({
  name: "PantokenForm",
  props: PROPERTIES,
  emits: EVENTS,
  setup(props, { emit, expose, slots }) {
    /** @type {import("vue").Ref<any>} */
    const element = ref(null);
    const listeners = Object.fromEntries(
      EVENTS.map((name) => [`onPantoken-${name}`, (/** @type {CustomEvent} */ event) => emit(name, event.detail)]),
    );
    expose({ element, reload: () => element.value?.reload() });
    onMounted(() => {
      watch(
        () => [props.session, props.texts],
        () => setProperties(element.value, props),
        { deep: true, immediate: true, flush: "post" },
      );
      define(element.value);
    });
    return () => h("pantoken-form", { ...attributesOf(props), ...listeners, ref: element }, slots.default?.());
  },
});
