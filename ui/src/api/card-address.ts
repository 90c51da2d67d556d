/** Where the model card of a model is read as a page; of its champion where no version is named. */
export function cardAddress(model: string, version?: number): string {
  const query = version === undefined ? '' : `?version=${version}`;
  return `/api/tend/v1/models/${encodeURIComponent(model)}/card.html${query}`;
}
