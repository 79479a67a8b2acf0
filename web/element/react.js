"use client";
// The element as a component for React 18 and later.
import { createElement, forwardRef, useEffect, useImperativeHandle, useLayoutEffect, useRef } from "react";
import { attributesOf, define, PROPERTIES, setProperties } from "./frameworks.js";

/** The properties that receive events. */
const LISTENERS = {
  onReady: "pantoken-ready",
  onSaved: "pantoken-saved",
  onError: "pantoken-error",
  onWarning: "pantoken-warning",
};
const OWN = [...PROPERTIES, ...Object.keys(LISTENERS), "className", "hidden"];

// React 18 warns of layout effects on a server.
const useBrowserEffect = typeof document == "undefined" ? useEffect : useLayoutEffect;

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
  useBrowserEffect(() => listen(element.current, latest), []);
  const others = Object.entries(props).filter(([name]) => !OWN.includes(name));
  return createElement("pantoken-form", {
    ...Object.fromEntries(others),
    ...attributesOf(props),
    // React 19 sets a title that is taken away to the text "undefined"; an empty one is none to the element.
    title: props.title ?? "",
    // React 18 would set these by a wrong name and to a wrong value; an empty text is false to React 19.
    class: props.className,
    hidden: props.hidden ? "hidden" : undefined,
    ref: element,
  });
}

/**
 * Listens until it is told to stop, and calls the component's latest functions.
 * @param {Element} element @param {{ current: Record<string, any> }} latest
 */
function listen(element, latest) {
  const stops = Object.entries(LISTENERS).map(([property, type]) => {
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

export const PantokenForm = forwardRef(render);
PantokenForm.displayName = "PantokenForm";
