"use client";
// The elements as components for React 18 and later.
import { createElement, forwardRef, useEffect, useImperativeHandle, useLayoutEffect, useRef } from "react";
import { attributesOf, define, PROPERTIES, REDIRECT_PROPERTIES, setProperties } from "./frameworks.js";

// React 18 warns of layout effects on a server.
const useBrowserEffect = typeof document == "undefined" ? useEffect : useLayoutEffect;

/**
 * Returns the component of a tag. `listeners` are the properties that receive events.
 * @param {string} tag @param {string} name @param {string[]} properties @param {Record<string, string>} listeners
 */
function component(tag, name, properties, listeners) {
  const own = [...properties, ...Object.keys(listeners), "className", "hidden"];

  /** @param {Record<string, any>} props @param {import("react").ForwardedRef<any>} ref */
  function render(props, ref) {
    /** @type {import("react").RefObject<any>} */
    const element = useRef(null);
    const latest = useRef(props);
    useImperativeHandle(ref, () => element.current, []);
    useBrowserEffect(() => {
      latest.current = props;
      setProperties(element.current, props);
    });
    useBrowserEffect(() => listen(element.current, listeners, latest), []);
    const others = Object.entries(props).filter(([name]) => !own.includes(name));
    return createElement(tag, {
      ...Object.fromEntries(others),
      ...attributesOf(props, properties),
      // React 19 sets a title that is taken away to the text "undefined"; an empty one is none to the element.
      title: props.title ?? "",
      // React 18 would set these by a wrong name and to a wrong value; an empty text is false to React 19.
      class: props.className,
      hidden: props.hidden ? "hidden" : undefined,
      ref: element,
    });
  }

  return Object.assign(forwardRef(render), { displayName: name });
}

/**
 * Listens until it is told to stop, and calls the component's latest functions.
 * @param {Element} element @param {Record<string, string>} listeners @param {{ current: Record<string, any> }} latest
 */
function listen(element, listeners, latest) {
  const stops = Object.entries(listeners).map(([property, type]) => {
    /** @param {any} event */
    const listener = (event) => {
      // The event of a form further down is that form's.
      if (event.target == element) latest.current[property]?.(event.detail, event);
    };
    element.addEventListener(type, listener);
    return () => element.removeEventListener(type, listener);
  });
  define(element);
  return () => stops.forEach((stop) => stop());
}

export const PantokenForm = component("pantoken-form", "PantokenForm", PROPERTIES, {
  onReady: "pantoken-ready",
  onSaved: "pantoken-saved",
  onError: "pantoken-error",
  onWarning: "pantoken-warning",
});

export const PantokenRedirect = component("pantoken-redirect", "PantokenRedirect", REDIRECT_PROPERTIES, {
  onError: "pantoken-error",
});
