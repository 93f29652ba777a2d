/** What the chat looks like where the page does not say: the front serves this file with what data/look.yml says. */

export const look = {};
