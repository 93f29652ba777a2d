/** Every word the chat shows by itself. Translate this file to translate the chat; the rest comes from the server. */

export const LOCALE = "it-IT";

export const texts = {
  heading: "Assistenza clienti",
  greeting: "Assistente automatico, risponde subito",
  openChat: "Apri la chat di assistenza",
  closeChat: "Chiudi la chat",
  unread: (count) => (count === 1 ? "1 messaggio nuovo" : `${count} messaggi nuovi`),

  log: "Messaggi della conversazione",
  intro:
    "Ciao! Sono l'assistente automatico: scrivimi qui sotto. In ogni momento puoi chiedere di parlare con una persona.",
  today: "Oggi",
  yesterday: "Ieri",
  newConversation: "Nuova conversazione",
  newMessages: "Nuovi messaggi",
  opensNewTab: "si apre in una nuova scheda",

  you: "Tu",
  bot: "Assistente automatico",
  agent: "Servizio clienti",
  system: "Avviso",
  botTyping: "L'assistente sta scrivendo…",
  agentTyping: "Sta scrivendo…",

  quickReplies: "Risposte rapide",
  composer: "Scrivi un messaggio",
  send: "Invia",
  charactersLeft: (count) => (count === 1 ? "Ancora 1 carattere" : `Ancora ${count} caratteri`),
  charactersOver: (count) => (count === 1 ? "1 carattere di troppo" : `${count} caratteri di troppo`),
  automatic: "Assistente automatico",
  privacy: "Privacy",

  waiting: "In attesa di connessione",
  sending: "In invio…",
  sent: "Inviato",
  refused: "Non inviato",
  retry: "Riprova",
  edit: "Modifica",
  remove: "Elimina",

  connecting: "Connessione in corso…",
  reconnecting: "Riconnessione in corso…",
  offline: "Sei offline. I messaggi partiranno appena torna la connessione.",

  steps: { done: "fatto", current: "in corso", todo: "da fare", problem: "problema" },
};
