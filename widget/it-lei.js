/** The words of it.js that are other ones to a customer addressed as "Lei". Names of commands are the same. */

export const texts = {
  intro:
    "Salve! Sono l'assistente automatico: mi scriva qui sotto. In ogni momento può chiedere di parlare con una persona.",
  you: "Lei",
  greetingAgent: (name) => (name ? `Le risponde ${name}` : "Le risponde una persona del negozio"),
  composer: "Scriva un messaggio",
  dropHere: "Lasci qui foto e PDF",
  fileTooBig: (most) => `Troppo grande: al massimo ${most}. Se è una foto, la mandi in una misura più piccola.`,
  fileNotAllowed: "Posso ricevere solo foto (JPEG, PNG, WebP, HEIC) e PDF. Salvi il file così e riprovi.",
  offline: "Manca la connessione. I messaggi partiranno appena torna.",
  notNow: "Ora non ci riesco: manca la connessione. Riprovi tra poco.",
  copyByHandWhy: "Il browser non permette di copiarlo da qui: il testo è già selezionato, lo copi lei.",
  wayScan: {
    telegram: "Lo inquadri con il telefono, oppure apra Telegram da qui.",
    web: "Lo inquadri con l'altro dispositivo, oppure copi il link e lo apra là. Non lo dia ad altri.",
  },
  askJoin: "Vuole continuare qui?",
  joinMeans:
    "Il link che ha aperto porta in questo browser una conversazione iniziata altrove. Va bene solo se quel link " +
    "l'ha chiesto lei.",
  askRestart: "Vuole ricominciare?",
  restartMeans:
    "Inizia una conversazione nuova: per parlare di un ordine, di un reso o di un preventivo dovrà dare di nuovo " +
    "numero ed e-mail. I messaggi scritti fin qui restano, più in alto.",
  askLeave: "Vuole uscire dalla conversazione?",
  leaveMeans:
    "Questo browser dimentica la conversazione, in tutte le schede: da qui non potrà più rileggerla, e i messaggi " +
    "non ancora partiti si perdono. Il numero e l'e-mail che ha dato per una pratica non valgono più. " +
    "Se le serve una copia, la faccia prima.",
};
