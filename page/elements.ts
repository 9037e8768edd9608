/** The element of the page with that id. @throws Error if it's of another kind, or not there. */
export function byId<E extends Element>(id: string, kind: new () => E): E {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) throw new Error(`The page has no ${kind.name} #${id}.`);
  return element;
}

/** The first such element within another one. @throws Error if it's not there. */
export function within<E extends Element>(parent: Element, selector: string, kind: new () => E): E {
  const element = parent.querySelector(selector);
  if (!(element instanceof kind)) throw new Error(`There is no ${selector} of ${kind.name}.`);
  return element;
}

/** A new element, with a class and a text. */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className: string,
  text = '',
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  if (className) element.className = className;
  // As text: what others write is never markup.
  element.textContent = text;
  return element;
}
