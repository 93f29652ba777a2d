/** Every word the chat shows by itself, in Italian. The rest comes from the server. */

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
  earlierConversation: "Conversazione precedente",
  newMessages: "Nuovi messaggi",
  earlier: "Mostra i messaggi precedenti",
  loadingEarlier: "Carico i messaggi precedenti…",
  earlierLoaded: (count) => (count === 1 ? "1 messaggio precedente" : `${count} messaggi precedenti`),
  opensNewTab: "si apre in una nuova scheda",

  you: "Tu",
  bot: "Assistente automatico",
  agent: "Servizio clienti",
  greetingAgent: (name) => (name ? `Ti risponde ${name}` : "Ti risponde una persona del negozio"),
  greetingWaiting: (position) =>
    position ? `In coda per una persona, al posto ${position}` : "In coda per una persona del negozio",
  agentNamed: (name) => `${name}, servizio clienti`,
  system: "Avviso",
  botTyping: "L'assistente sta scrivendo…",
  agentTyping: (name) => (name ? `${name} sta scrivendo…` : "Il servizio clienti sta scrivendo…"),

  attach: "Allega foto o documenti",
  takePhoto: "Scatta una foto",
  tray: "Allegati del prossimo messaggio",
  dropHere: "Lascia qui foto e PDF",
  loading: (name) => `Carico ${name}`,
  ready: "pronto",
  fileReady: (name) => `${name}: pronto da inviare`,
  fileWaits: "Aspetto la connessione, poi riprende da solo.",
  takeOut: (name) => `Togli ${name}`,
  sendsAlone: "Il messaggio parte appena finisce il caricamento.",
  filesAtMost: (most) => `Al massimo ${most} allegati per messaggio.`,
  fileTooBig: (most) => `Troppo grande: al massimo ${most}. Se è una foto, mandala in una misura più piccola.`,
  fileNotAllowed: "Posso ricevere solo foto (JPEG, PNG, WebP, HEIC) e PDF. Salva il file così e riprova.",
  picture: "Foto",
  document: "Documento",
  pictureNamed: (name) => `Foto: ${name}`,

  quickReplies: "Risposte rapide",
  composer: "Scrivi un messaggio",
  send: "Invia",
  charactersLeft: (count) => (count === 1 ? "Ancora 1 carattere" : `Ancora ${count} caratteri`),
  charactersOver: (count) => (count === 1 ? "1 carattere di troppo" : `${count} caratteri di troppo`),
  automatic: "Assistente automatico",
  privacy: "Privacy",

  marks: {
    waiting: "In attesa di connessione",
    sending: "In invio…",
    received: "Ricevuto",
    read: "Letto da una persona",
    refused: "Non inviato",
  },
  retry: "Riprova",
  edit: "Modifica",
  remove: "Elimina",

  connecting: "Connessione in corso…",
  reconnecting: "Riconnessione in corso…",
  offline: "Sei offline. I messaggi partiranno appena torna la connessione.",
  notNow: "Ora non ci riesco: manca la connessione. Riprova tra poco.",

  steps: { done: "fatto", current: "in corso", todo: "da fare", problem: "problema" },

  menu: "Altre opzioni",
  copyConversation: "Copia la conversazione",
  print: "Stampa",
  sound: "Suoni",
  soundOn: "attivati",
  soundOff: "disattivati",
  soundsNow: (on) => (on ? "Suoni attivati" : "Suoni disattivati"),
  elsewhere: "Continua altrove",
  elsewhereMeans: "Con un link, senza ricominciare. Vale una volta sola.",
  ways: { telegram: "Su Telegram", web: "Su un altro dispositivo" },
  qr: {
    telegram: "Codice QR che apre la conversazione su Telegram",
    web: "Codice QR che apre la conversazione su un altro dispositivo",
  },
  wayScan: {
    telegram: "Inquadralo con il telefono, oppure apri Telegram da qui.",
    web: "Inquadralo con l'altro dispositivo, oppure copia il link e aprilo là. Non darlo ad altri.",
  },
  wayUntil: (hour) => `Vale fino alle ${hour}.`,
  wayOpenTelegram: "Apri Telegram",
  wayCopy: "Copia il link",
  wayCopied: "Link copiato",
  wayShow: "Mostra il link",
  wayAgain: "Nuovo link",
  wayOver: "Il link è scaduto.",
  wayLoading: "Preparo il link…",
  saidElsewhere: (channel, count) => {
    const where = channel === "telegram" ? "Su Telegram" : "Su un altro dispositivo";
    return `${where}: ${count === 1 ? "1 messaggio" : `${count} messaggi`}`;
  },
  saidOn: (channel) => (channel === "telegram" ? "Su Telegram" : "Nella chat del sito"),
  askJoin: "Vuoi continuare qui?",
  joinMeans:
    "Il link che hai aperto porta in questo browser una conversazione iniziata altrove. Va bene solo se quel link " +
    "l'hai chiesto tu.",
  join: "Continua qui",
  restart: "Ricomincia",
  leave: "Esci",
  cancel: "Annulla",
  close: "Chiudi",

  copyMessage: (author) => `Copia il messaggio (${author})`,
  messageCopied: "Messaggio copiato",
  conversationCopied: "Conversazione copiata",
  copyByHand: "Copia il testo",
  copyByHandWhy: "Il browser non permette di copiarlo da qui: il testo è già selezionato, copialo tu.",
  loadingAll: "Carico tutta la conversazione…",

  askRestart: "Vuoi ricominciare?",
  restartMeans:
    "Inizia una conversazione nuova: per parlare di un ordine, di un reso o di un preventivo dovrai dare di nuovo " +
    "numero ed e-mail. I messaggi scritti fin qui restano, più in alto.",
  askLeave: "Vuoi uscire dalla conversazione?",
  leaveMeans:
    "Questo browser dimentica la conversazione, in tutte le schede: da qui non potrai più rileggerla, e i messaggi " +
    "non ancora partiti si perdono. Il numero e l'e-mail che hai dato per una pratica non valgono più. " +
    "Se ti serve una copia, falla prima.",
  left: "La conversazione è chiusa",
  leftMeans: "In questo browser non ne resta nulla.",
  startAgain: "Inizia una nuova conversazione",

  transcript: (heading) => `${heading}: conversazione in chat`,
  transcriptOf: (moment) => `Copia del ${moment}`,
  notSent: "non inviato",
};
