/** A value that JSON can carry: what an evidence body is made of. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Plain object form, for where a map is meant. */
export type JsonObject = { readonly [key: string]: Json };
