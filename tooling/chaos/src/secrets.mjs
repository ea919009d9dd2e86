// The six secrets that R80 plants; the word by which they are found is in each.
export const SECRETS = {
  authorization: 'Bearer planted-authorization',
  cookie: 'session=planted-cookie; theme=dark',
  registryPassword: 'planted-registry-password',
  userinfo: 'planted-userinfo',
  queryToken: 'planted-query-token',
  configPassword: 'planted-config-password',
};

/** Whatever has this word in it was planted. */
export const PLANTED = 'planted';
