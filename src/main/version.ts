/** The version of Tend; a part of every cache key. A test holds it against package.json. */
export const VERSION = '0.1.0';
