// Values as they stand in the log of calls. No code of the value's own is run: it may be hostile.

import { types } from 'node:util';

const labels = new WeakMap([[globalThis, 'globalThis']]);

/** Names an object for the log. */
export function label(value, text) {
  if (isObject(value)) labels.set(value, text);
  return value;
}

/** Whether an object has a name already; the global one has. */
export function isLabelled(value) {
  return !isObject(value) || labels.has(value);
}

export function isObject(value) {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

export function describe(value) {
  if (typeof value === 'string') {
    const text = value.length > 40 ? `${value.slice(0, 40)}` : value;
    return JSON.stringify(text) + (value.length > 40 ? `(${value.length})` : '');
  }
  if (typeof value === 'bigint') return `${value}n`;
  if (Object.is(value, -0)) return '-0';
  if (!isObject(value)) return String(value);
  const known = labels.get(value);
  if (known !== undefined) return known;
  if (types.isProxy(value)) return '<proxy>';
  if (typeof value === 'function') return '<function>';
  if (types.isTypedArray(value)) return `<${types.isUint8Array(value) ? 'bytes' : 'typed array'}>`;
  if (Array.isArray(value)) return `[${value.length > 8 ? value.length : ownFields(value)}]`;
  const proto = Object.getPrototypeOf(value);
  if (proto === Object.prototype || proto === null) return `{ ${ownFields(value)} }`;
  return `<${ownName(proto)}>`;
}

function ownFields(value) {
  const fields = Object.getOwnPropertyDescriptors(value);
  return Object.entries(fields)
    .filter(([key]) => !Array.isArray(value) || key !== 'length')
    .slice(0, 12)
    .map(([key, { value: one, get }]) => {
      const text = get ? (labels.get(get) ?? '<getter>') : describe(one);
      return Array.isArray(value) ? text : `${key.slice(0, 30)}: ${text}`;
    })
    .join(', ');
}

function ownName(proto) {
  const { value } = Object.getOwnPropertyDescriptor(proto, 'constructor') ?? {};
  const name = typeof value === 'function' && Object.getOwnPropertyDescriptor(value, 'name')?.value;
  return typeof name === 'string' ? name : 'object';
}
