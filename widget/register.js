/** How the shop addresses its customers: the front serves this file with what SPORTELLO_REGISTER says. */

export const register = "tu";
