/** The `BatchProvider.id` of `localBatch`. */
export const LOCAL_PROVIDER_ID = "local";
