// The elements as components for Vue 3.
import { defineComponent, h, onMounted, ref, watch } from "vue";
import { attributesOf, define, PROPERTIES, REDIRECT_PROPERTIES, setProperties } from "./frameworks.js";

/**
 * Returns the component of a tag.
 * @param {string} tag @param {string} name @param {string[]} properties @param {string[]} events
 */
function component(tag, name, properties, events) {
  return defineComponent({
    name,
    props: properties,
    emits: events,
    setup(props, { emit, expose, slots }) {
      /** @type {import("vue").Ref<any>} */
      const element = ref(null);
      const listeners = Object.fromEntries(
        events.map((name) => [`onPantoken-${name}`, (/** @type {CustomEvent} */ event) => emit(name, event.detail)]),
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
      return () => h(tag, { ...attributesOf(props, properties), ...listeners, ref: element }, slots.default?.());
    },
  });
}

export const PantokenForm = component("pantoken-form", "PantokenForm", PROPERTIES, [
  "ready",
  "saved",
  "error",
  "warning",
]);

export const PantokenRedirect = component("pantoken-redirect", "PantokenRedirect", REDIRECT_PROPERTIES, ["error"]);
